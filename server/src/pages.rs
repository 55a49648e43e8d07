//! Leptos behind one adapter: which pages exist, what a page may know of its request, and how an error page looks.

use crate::start::App;
use crate::{clerk_page, sign_out};
use app::UnfinishedSignOut;
use app::shell::{ClerkTag, SignInMode, SignInPage};
use axum::Router;
use axum::extract::FromRef;
use axum::response::Html;
use clerk::authenticate::SignInProblem;
use domain::current_user::{ActiveOrganization, CurrentUser, SignInState};
use domain::permission::Permission;
use domain::sign_out_reason::SignOutReason;
use gatehouse::gate::Visitor;
use gatehouse::random::Token;
use http::StatusCode;
use http::request::Parts;
use leptos::prelude::*;
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use std::sync::LazyLock;

/// Listed once per process: while Leptos lists routes it suspends every resource in the process, for good (leptos#4773). Two routers built
/// side by side, as tests do, would hang each other's pages.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));

impl FromRef<App> for LeptosOptions {
    fn from_ref(app: &App) -> Self {
        app.leptos.clone()
    }
}

/// The paths of the routes.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(AxumRouteListing::path)
}

/// The pages, and the server functions that are linked in. Which of them answers is decided by `door`.
pub(crate) fn routes(app: &App) -> Router<App> {
    let options = app.leptos.clone();
    Router::new().leptos_routes_with_context(
        app,
        PAGES.clone(),
        {
            let app = app.clone();
            move || provide_request(&app)
        },
        move || app::shell::shell(options.clone()),
    )
}

/// What a page may know of its request beside its `Parts`: the nonce of the headers, and whether somebody is signed in.
fn provide_request(app: &App) {
    let Some(parts) = use_context::<Parts>() else { return };
    if let Some(nonce) = parts.extensions.get::<Token>() {
        provide_context(leptos::nonce::Nonce::from_value(nonce.as_str().to_owned()));
    }
    if let Some(tag) = parts.extensions.get::<Token>().and_then(|nonce| clerk_page::tag(app, nonce))
        && clerk_page::is_one(parts.uri.path())
    {
        provide_context(tag);
    }
    if sign_out::is_unfinished(&parts.headers) {
        provide_context(UnfinishedSignOut);
    }
    provide_context(parts.extensions.get::<Visitor>().map(current_user).unwrap_or_default());
}

/// The visitor, as far as a page needs to know.
fn current_user(visitor: &Visitor) -> CurrentUser {
    let Some(session) = visitor.session() else {
        let state = if visitor.is_pending() { SignInState::Pending } else { SignInState::SignedOut };
        return CurrentUser { state, ..CurrentUser::default() };
    };
    let organization = session.organization.as_ref();
    CurrentUser {
        state: SignInState::SignedIn,
        permissions: Permission::ALL.into_iter().filter(|permission| visitor.has_permission(*permission)).collect(),
        impersonator: session.impersonator(),
        organization: organization
            .map(|found| ActiveOrganization { id: found.id.to_string(), slug: found.slug.clone() }),
    }
}

/// An error page: a whole document without scripts, so it needs no nonce and works when nothing else does.
pub(crate) fn error(app: &App, status: StatusCode, request_id: &str) -> Html<String> {
    let owner = Owner::new();
    let page = owner.with(|| app::shell::error_page(status.as_u16(), request_id, app.leptos.clone()).to_html());
    Html(page)
}

/// What the sign-in page says beside its form.
#[derive(Clone, Copy)]
pub(crate) struct Notice {
    /// Why this browser could not be signed in.
    pub(crate) trouble: Option<SignInProblem>,
    /// The rule that ended the session before.
    pub(crate) reason: Option<SignOutReason>,
    /// Whether the browser still has that session.
    pub(crate) has_ended: bool,
}

/// The page on which Clerk's sign-in stands; `hosted` does the same without it.
pub(crate) fn sign_in(
    app: &App,
    tag: ClerkTag,
    mode: SignInMode,
    back: &str,
    hosted: &str,
    notice: Notice,
) -> Html<String> {
    let Notice { trouble, reason, has_ended } = notice;
    let page = SignInPage {
        mode,
        back: back.to_owned(),
        hosted: hosted.to_owned(),
        trouble: trouble.map(|trouble| trouble.to_string()),
        reason,
        has_ended,
    };
    let owner = Owner::new();
    Html(owner.with(|| {
        provide_context(leptos::nonce::Nonce::from_value(tag.nonce.clone()));
        app::shell::sign_in_page(tag, page, app.leptos.clone()).to_html()
    }))
}

/// What somebody sees whose session a rule ended, where the form itself stands on another page.
pub(crate) fn signed_out(app: &App, reason: SignOutReason, sign_in: &str) -> Html<String> {
    let sign_in = sign_in.to_owned();
    Html(Owner::new().with(|| app::shell::signed_out_page(reason, sign_in, app.leptos.clone()).to_html()))
}

/// What somebody sees whom no sign-in would help.
pub(crate) fn trouble(app: &App, trouble: SignInProblem, back: &str) -> Html<String> {
    let (text, back) = (trouble.to_string(), back.to_owned());
    Html(Owner::new().with(|| app::shell::trouble_page(text, back, app.leptos.clone()).to_html()))
}

/// What a developer sees whose browser has the cookies of another instance.
pub(crate) fn foreign_cookies(app: &App) -> Html<String> {
    Html(Owner::new().with(|| app::shell::foreign_cookies_page(app.leptos.clone()).to_html()))
}
