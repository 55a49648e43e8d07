//! `/sign-in` and the paths below it. `gatehouse::sign_in_page` decides what they answer.

use crate::app_state::AppState;
use crate::{answer, documents, sign_out};
use axum::Extension;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use domain::refusal::Refusal;
use gatehouse::gate::Visitor;
use gatehouse::headers::PRIVATE;
use gatehouse::random::Token;
use gatehouse::sign_in_page::{SignInPage, SignInQuery, sign_in_page};
use gatehouse::sign_in_redirect::{SignInSettings, VisitorState};
use http::{HeaderMap, HeaderValue, Uri, header};

pub(crate) async fn page(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Extension(nonce): Extension<Token>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let query = SignInQuery::parse(uri.query().unwrap_or_default());
    let document = match sign_in_page(&state(&app, &visitor, &headers), &query, uri.path(), &settings(&app)) {
        SignInPage::Redirect(target) => {
            return answer::see_other(HeaderValue::from_str(&target).unwrap_or(HeaderValue::from_static("/")));
        }
        SignInPage::Form(form) => documents::sign_in(&app, form, &nonce, &headers),
        SignInPage::Problem(problem, back) => Some(documents::sign_in_problem(&app, problem, &back, &headers)),
        SignInPage::SignedOut(reason, sign_in) => Some(documents::signed_out(&app, reason, sign_in, &headers)),
    };
    document.map_or_else(|| answer::refusal(&Refusal::Internal), never_cached)
}

fn never_cached(document: Html<String>) -> Response {
    ([(header::CACHE_CONTROL, PRIVATE)], document).into_response()
}

/// The state of the visitor that sign-in depends on.
pub(crate) fn state(app: &AppState, visitor: &Visitor, headers: &HeaderMap) -> VisitorState {
    VisitorState {
        is_signed_in: visitor.session().is_some(),
        is_pending: visitor.is_pending(),
        problem: visitor.sign_in_problem(),
        signed_out: visitor.signed_out(),
        dev_browser: app.gate.dev_browser(headers),
        left_session: sign_out::left_session(headers),
    }
}

/// The settings of sign-in.
pub(crate) fn settings(app: &AppState) -> SignInSettings<'_> {
    SignInSettings {
        public_origin: app.public_origin.as_str(),
        publishable_key: &app.clerk.publishable_key,
        sign_in_url: &app.clerk.sign_in_url,
        has_clerk_components: app.clerk_components,
        is_local_clerk: app.local_clerk,
    }
}
