//! `/sign-in` and what lies below it: Clerk's sign-in, and back.
//!
//! Clerk's components stand on this page where the instance serves them; else the way leads to a hosted page. Passwords never pass through this
//! application in either case. The way back is a path of ours, checked.

use crate::start::App;
use crate::{answer, clerk_page, pages};
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use gatehouse::gate::Visitor;
use gatehouse::headers::{Nonce, PRIVATE};
use gatehouse::places::SafePath;
use gatehouse::sign_in_pages::{Sender, SignInPages};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Wanted {
    redirect_url: Option<String>,
    /// Of a link that lets somebody in; whoever is signed in may use one too.
    __clerk_ticket: Option<String>,
    /// What the link is for: `sign_in`, `sign_up`, or `complete`.
    __clerk_status: Option<String>,
}

/// What a hosted page is for.
#[derive(Clone, Copy, PartialEq)]
enum Purpose {
    SignIn,
    SignUp,
    Verify,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Extension(nonce): Extension<Nonce>,
    Query(wanted): Query<Wanted>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let ticket = wanted.__clerk_ticket.as_deref();
    let status = wanted.__clerk_status.as_deref();
    let wanted = wanted.redirect_url.as_deref().and_then(|text| own_path(&app, text));
    let back = wanted.unwrap_or(SafePath::ADMIN);
    let verifies = uri.path() == SafePath::VERIFY.as_str();
    let signed_in = visitor.session().is_some();
    if signed_in && !verifies && ticket.is_none() {
        return to(back.as_str());
    }
    if verifies && !signed_in {
        return to(SafePath::SIGN_IN.with_query(&[("redirect_url", back.as_str())]).as_str());
    }
    if visitor.is_pending() && !is_task(uri.path()) && ticket.is_none() {
        return to(SafePath::TASKS.with_query(&[("redirect_url", back.as_str())]).as_str());
    }
    let purpose = match (verifies, ticket, status) {
        (true, ..) => Purpose::Verify,
        (false, Some(_), Some("sign_up")) => Purpose::SignUp,
        (false, ..) => Purpose::SignIn,
    };
    let pending = visitor.is_pending() && ticket.is_none();
    let hosted = with_ticket(hosted_page(&app, &back, purpose, pending, &headers), ticket, status);
    let own = app.clerk.sign_in_url.starts_with("/sign-in");
    match clerk_page::tag(&app, &nonce).filter(|_| own) {
        Some(tag) => {
            let page = pages::sign_in(&app, tag, verifies, back.as_str(), &hosted);
            (StatusCode::OK, [(header::CACHE_CONTROL, PRIVATE)], page).into_response()
        }
        None => to(&hosted),
    }
}

/// What is left to do after a sign-in or, in Clerk's form for both, after a sign-up.
fn is_task(path: &str) -> bool {
    ["/sign-in/tasks", "/sign-in/create/tasks"].iter().any(|task| path.starts_with(task))
}

fn to(target: &str) -> Response {
    answer::see_other(HeaderValue::from_str(target).unwrap_or(HeaderValue::from_static("/")))
}

/// The status means nothing without its ticket.
fn with_ticket(page: String, ticket: Option<&str>, status: Option<&str>) -> String {
    let Some(ticket) = ticket else { return page };
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.append_pair("__clerk_ticket", ticket).extend_pairs(status.map(|status| ("__clerk_status", status)));
    format!("{page}{}{}", if page.contains('?') { '&' } else { '?' }, pairs.finish())
}

/// A path of this application, given as such or as an absolute URL of our origin (Clerk's pages give absolute ones).
fn own_path(app: &App, text: &str) -> Option<SafePath> {
    SafePath::parse(text.strip_prefix(app.public_origin.as_str()).unwrap_or(text))
}

/// The page that does the same without Clerk's components. It is elsewhere, or the local Clerk's.
fn hosted_page(app: &App, back: &SafePath, purpose: Purpose, pending: bool, headers: &HeaderMap) -> String {
    let own = app.clerk.sign_in_url.as_str();
    let (sign_in, sign_up) = match (app.local_clerk, own.starts_with('/')) {
        (true, _) if purpose == Purpose::Verify => (Some("/__clerk/hosted/verify"), None),
        (true, _) => (Some("/__clerk/hosted/sign-in"), Some("/__clerk/hosted/sign-up")),
        (false, true) if own.starts_with("/sign-in") => (None, None),
        // A page of one's own takes invitations too; where else one signs up is not known.
        (false, _) => (Some(own), Some(own)),
    };
    let pages = SignInPages { instance: &app.clerk.publishable_key, sign_in_url: sign_in, sign_up_url: sign_up };
    let at = format!("{}{}", app.public_origin.as_str(), back.as_str());
    let dev_browser = app.gate.dev_browser(headers);
    let sender = Sender { at: &at, back_to: &at, dev_browser: dev_browser.as_deref(), pending };
    let page = if purpose == Purpose::SignUp { pages.sign_up(&sender) } else { pages.sign_in(&sender) };
    page.unwrap_or_else(|| app.clerk.publishable_key.accounts_base_url())
}
