//! Requests for another host, and from other sites, end here. The rules stand in `gatehouse::origins`.

use crate::start::App;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use gatehouse::origins::{Misdirected, may_pass};
use http::StatusCode;

/// The configured origin that a request was made to.
#[derive(Clone)]
struct Reached(String);

/// Refuses what is for another host: whoever points a name of theirs at this server gets nothing that looks like ours.
pub(crate) async fn check_host(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match app.origins.reached(request.uri(), request.headers()) {
        Ok(origin) => {
            request.extensions_mut().insert(Reached(origin));
            next.run(request).await
        }
        Err(Misdirected::Malformed) => StatusCode::BAD_REQUEST.into_response(),
        Err(Misdirected::Elsewhere) => StatusCode::MISDIRECTED_REQUEST.into_response(),
    }
}

/// Refuses writes that do not come from the origin itself (CSRF), and reads behind the sign-in that are
/// embedded or fetched by other sites.
pub(crate) async fn check_origin(request: Request, next: Next) -> Response {
    let reached = request.extensions().get::<Reached>();
    let passes =
        reached.is_some_and(|Reached(own)| may_pass(request.method(), request.uri().path(), request.headers(), own));
    if passes { next.run(request).await } else { StatusCode::FORBIDDEN.into_response() }
}
