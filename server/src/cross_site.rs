//! Writes from other sites are refused (CSRF).
//!
//! tower-http's layer compares `Sec-Fetch-Site` and `Origin` with the configured origin; reading is never checked, so no operation answers
//! GET. It lets a request pass that has neither header: every browser of the last years sends one of them on a write, so a write that
//! carries cookies and has neither is refused here as well (ASVS 3.5.1).

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use gatehouse::config::PublicOrigin;
use http::{HeaderMap, Method, StatusCode, header};
use tower_http::csrf::CsrfLayer;

/// The cross-origin layer with the configured origin.
pub(crate) fn layer(origin: &PublicOrigin) -> CsrfLayer {
    let layer = CsrfLayer::new();
    // A public origin was parsed as one; without it the layer still compares with the host.
    layer.clone().add_trusted_origin(origin.as_str()).unwrap_or(layer)
}

pub(crate) async fn needs_provenance(request: Request, next: Next) -> Response {
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if writes && request.headers().contains_key(header::COOKIE) && !tells_provenance(request.headers()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

fn tells_provenance(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site")
}
