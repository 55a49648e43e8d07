//! Refuses requests for another host and requests from other sites. The rules are in
//! `gatehouse::origins`.

use crate::app_state::AppState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use gatehouse::origins::{HostError, is_allowed_request};
use http::StatusCode;

/// The configured origin that a request addresses.
#[derive(Clone)]
struct RequestOrigin(String);

/// Refuses requests for another host, so a foreign name that points at this server shows none of
/// our pages.
pub(crate) async fn check_host(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    match app.origins.request_origin(request.uri(), request.headers()) {
        Ok(origin) => {
            request.extensions_mut().insert(RequestOrigin(origin));
            next.run(request).await
        }
        Err(HostError::Malformed) => StatusCode::BAD_REQUEST.into_response(),
        Err(HostError::OtherHost) => StatusCode::MISDIRECTED_REQUEST.into_response(),
    }
}

/// Refuses writes that do not come from the origin itself (CSRF), and reads behind the sign-in that
/// another site embeds or fetches.
pub(crate) async fn check_origin(request: Request, next: Next) -> Response {
    let origin = request.extensions().get::<RequestOrigin>();
    let passes = origin.is_some_and(|RequestOrigin(own)| {
        is_allowed_request(request.method(), request.uri().path(), request.headers(), own)
    });
    if passes { next.run(request).await } else { StatusCode::FORBIDDEN.into_response() }
}
