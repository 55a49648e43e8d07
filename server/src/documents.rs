//! Documents for one request: refusals, the sign-in form and its alternatives.
//!
//! The server renders each document at once, without streaming. Only the sign-in page has a script,
//! so the others also work when the files of the site do not load. `public_documents` has the
//! documents that are the same for everybody.

use crate::app_state::AppState;
use crate::chosen_appearance::chosen_appearance;
use crate::clerk_components;
use app::shell;
use axum::response::{Html, IntoResponse, Response};
use clerk::authenticate::SignInProblem;
use domain::local_path::LocalPath;
use domain::refusal::Refusal;
use domain::sign_out_reason::SignOutReason;
use gatehouse::headers::{PRIVATE, refusal_headers};
use gatehouse::random::Token;
use gatehouse::sign_in_page::SignInForm;
use http::{HeaderMap, StatusCode, header};
use leptos::prelude::*;

/// Renders a document in the appearance that the browser of a request has chosen.
pub(crate) fn render(request: &HeaderMap, document: impl FnOnce() -> String) -> Html<String> {
    Html(Owner::new().with(|| {
        provide_context(chosen_appearance(request));
        document()
    }))
}

/// The page of a refusal of a request with these headers, with its status and headers.
pub(crate) fn refusal(app: &AppState, refusal: &Refusal, request_id: &str, request: &HeaderMap) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, app.documents.error(status, request_id, chosen_appearance(request))).into_response();
    response.headers_mut().extend(refusal_headers(refusal));
    response
}

/// The sign-in page with Clerk's form. `None`: the instance serves no components.
pub(crate) fn sign_in(app: &AppState, form: SignInForm, nonce: &Token, request: &HeaderMap) -> Option<Html<String>> {
    let tag = clerk_components::tag(app, nonce)?;
    let page = shell::SignInPage {
        mode: form.mode,
        back: form.back.as_str().to_owned(),
        hosted: form.hosted,
        problem: form.problem.map(|problem| problem.to_string()),
        reason: form.reason,
        has_ended: form.has_ended_session,
    };
    Some(render(request, || {
        provide_context(leptos::nonce::Nonce::from_value(tag.nonce.clone()));
        shell::sign_in_page(tag, page, app.leptos.clone()).to_html()
    }))
}

/// The page for a session that a rule has ended. It links to the sign-in form on another page.
pub(crate) fn signed_out(app: &AppState, reason: SignOutReason, sign_in: String, request: &HeaderMap) -> Html<String> {
    render(request, || shell::signed_out_page(reason, sign_in, app.leptos.clone()).to_html())
}

/// The page for a problem that another sign-in would not solve.
pub(crate) fn sign_in_problem(
    app: &AppState,
    problem: SignInProblem,
    back: &LocalPath,
    request: &HeaderMap,
) -> Html<String> {
    let (text, back) = (problem.to_string(), back.as_str().to_owned());
    render(request, || shell::sign_in_problem_page(text, back, app.leptos.clone()).to_html())
}

/// The page for cookies that another instance has signed, which happens only in development.
/// Another redirect would be a loop.
pub(crate) fn foreign_cookies(app: &AppState, request: &HeaderMap) -> Response {
    let page = render(request, || shell::foreign_cookies_page(app.leptos.clone()).to_html());
    (StatusCode::INTERNAL_SERVER_ERROR, [(header::CACHE_CONTROL, PRIVATE)], page).into_response()
}
