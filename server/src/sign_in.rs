//! `/sign-in` and what lies below it: Clerk's sign-in, and back.
//!
//! Clerk's components stand on this page where the instance serves them; else the way leads to a hosted page. Passwords never pass through this
//! application in either case. The way back is a path of ours, checked.

use crate::pages::Notice;
use crate::start::App;
use crate::{answer, clerk_page, pages, sign_out};
use app::shell::SignInMode;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use clerk::sign_in_urls::{ReturnTarget, SignInUrls};
use domain::local_path::LocalPath;
use domain::sign_out_reason::SignOutReason;
use gatehouse::gate::Visitor;
use gatehouse::headers::PRIVATE;
use gatehouse::random::Token;
use http::{HeaderMap, HeaderValue, Uri, header};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Wanted {
    redirect_url: Option<String>,
    /// Of a link that lets somebody in; whoever is signed in may use one too.
    __clerk_ticket: Option<String>,
    /// What the link is for: `sign_in`, `sign_up`, or `complete`.
    __clerk_status: Option<String>,
    /// Which rule ended the session before.
    signed_out: Option<String>,
    /// Of the user button: somebody who is signed in adds an account to this browser. Where the instance allows one only, ClerkJS leads back.
    add_account: Option<String>,
}

/// A page of the identity service.
#[derive(Clone, Copy, PartialEq)]
enum HostedPage {
    SignIn,
    SignUp,
    Verify,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Extension(nonce): Extension<Token>,
    Query(wanted): Query<Wanted>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let back = wanted.redirect_url.as_deref().and_then(|text| own_path(&app, text)).unwrap_or(LocalPath::ADMIN);
    let own = app.clerk.sign_in_url.starts_with("/sign-in");
    let tag = clerk_page::tag(&app, &nonce).filter(|_| own);
    let mode = mode(&visitor, &wanted, uri.path());
    if comes_in(mode, &wanted) && sign_out::is_unfinished_for(&headers, visitor.session().is_some()) {
        // Clerk's form would find the session that runs there.
        return to(sign_out::UNFINISHED_PAGE);
    }
    // Clerk's script may still be able to set the cookie itself; nothing else is.
    if let Some(trouble) = visitor.trouble().filter(|_| tag.is_none() || visitor.session().is_some()) {
        return page_of(pages::trouble(&app, trouble, back.as_str()));
    }
    let reason = visitor.signed_out().or_else(|| wanted.signed_out.as_deref().and_then(SignOutReason::from_code));
    if let Some(target) = elsewhere(&visitor, mode, &back) {
        return to(&target);
    }
    let page = match (mode, &wanted.__clerk_ticket, wanted.__clerk_status.as_deref()) {
        (SignInMode::Verification, ..) => HostedPage::Verify,
        (_, Some(_), Some("sign_up")) => HostedPage::SignUp,
        _ => HostedPage::SignIn,
    };
    let hosted = with_ticket(hosted_page(&app, &back, page, mode == SignInMode::Task, &headers), &wanted);
    match (tag, reason) {
        (Some(tag), reason) => {
            let has_ended = visitor.signed_out().is_some();
            let notice = Notice { trouble: visitor.trouble(), reason, has_ended };
            page_of(pages::sign_in(&app, tag, mode, back.as_str(), &hosted, notice))
        }
        (None, Some(reason)) => page_of(pages::signed_out(&app, reason, &hosted)),
        (None, None) => to(&hosted),
    }
}

fn page_of(html: Html<String>) -> Response {
    ([(header::CACHE_CONTROL, PRIVATE)], html).into_response()
}

/// Whether somebody wants to come in, and brings no link that would be lost on another page.
fn comes_in(mode: SignInMode, wanted: &Wanted) -> bool {
    matches!(mode, SignInMode::SignIn | SignInMode::AnotherAccount | SignInMode::Task)
        && wanted.__clerk_ticket.is_none()
}

/// What somebody is here for.
fn mode(visitor: &Visitor, wanted: &Wanted, path: &str) -> SignInMode {
    // The address of a step of Clerk's form does not tell any more what the form was opened for.
    let is_step = path.starts_with("/sign-in/") && !is_task(path);
    let is_known = visitor.session().is_some() || visitor.is_pending();
    let adds = wanted.add_account.is_some() || is_step && is_known;
    if path == LocalPath::REVERIFY.as_str() {
        SignInMode::Verification
    } else if adds || wanted.__clerk_ticket.is_some() {
        SignInMode::AnotherAccount
    } else if visitor.is_pending() && is_task(path) {
        SignInMode::Task
    } else {
        SignInMode::SignIn
    }
}

/// Where they go instead, if the form is not for them.
fn elsewhere(visitor: &Visitor, mode: SignInMode, back: &LocalPath) -> Option<String> {
    let under = |page: &LocalPath| page.with_query(&[("redirect_url", back.as_str())]).as_str().to_owned();
    match (mode, visitor.session().is_some()) {
        (SignInMode::SignIn, true) => Some(back.as_str().to_owned()),
        (SignInMode::Verification, false) => Some(under(&LocalPath::SIGN_IN)),
        (SignInMode::SignIn, false) if visitor.is_pending() => Some(under(&LocalPath::TASKS)),
        _ => None,
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
fn with_ticket(page: String, wanted: &Wanted) -> String {
    let Some(ticket) = &wanted.__clerk_ticket else { return page };
    let status = wanted.__clerk_status.as_deref();
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.append_pair("__clerk_ticket", ticket).extend_pairs(status.map(|status| ("__clerk_status", status)));
    format!("{page}{}{}", if page.contains('?') { '&' } else { '?' }, pairs.finish())
}

/// A path of this application, given as such or as an absolute URL of our origin (Clerk's pages give absolute ones).
fn own_path(app: &App, text: &str) -> Option<LocalPath> {
    LocalPath::parse(text.strip_prefix(app.public_origin.as_str()).unwrap_or(text))
}

/// The page that does the same without Clerk's components. It is elsewhere, or the local Clerk's.
fn hosted_page(app: &App, back: &LocalPath, page: HostedPage, pending: bool, headers: &HeaderMap) -> String {
    let own = app.clerk.sign_in_url.as_str();
    let (sign_in, sign_up) = match (app.local_clerk, own.starts_with('/')) {
        (true, _) if page == HostedPage::Verify => (Some("/__clerk/hosted/verify"), None),
        (true, _) => (Some("/__clerk/hosted/sign-in"), Some("/__clerk/hosted/sign-up")),
        (false, true) if own.starts_with("/sign-in") => (None, None),
        // A page of one's own takes invitations too; where else one signs up is not known.
        (false, _) => (Some(own), Some(own)),
    };
    let pages = SignInUrls { publishable_key: &app.clerk.publishable_key, sign_in_url: sign_in, sign_up_url: sign_up };
    let at = format!("{}{}", app.public_origin.as_str(), back.as_str());
    let dev_browser = app.gate.dev_browser(headers);
    let sender = ReturnTarget { at: &at, return_to: &at, dev_browser: dev_browser.as_deref(), pending };
    let page = if page == HostedPage::SignUp { pages.sign_up(&sender) } else { pages.sign_in(&sender) };
    page.unwrap_or_else(|| app.clerk.publishable_key.accounts_base_url())
}
