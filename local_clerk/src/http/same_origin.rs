//! Refuses writes from other origins, because the Frontend API and the hosted pages act on a cookie.

use crate::model::refused::Refused;
use crate::server::Clerk;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(super) async fn refuse_other_origins(State(clerk): State<Clerk>, request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_read && is_cross_origin(request.headers(), &clerk.options.public_origin) {
        return Refused::new(403, "origin_invalid", "The request comes from another origin.").into_response();
    }
    next.run(request).await
}

/// The application's own origin may write from any address. A browser that sends no origin must be on
/// the same origin.
fn is_cross_origin(headers: &HeaderMap, own: &str) -> bool {
    if headers.contains_key(header::ORIGIN) {
        return headers.get_all(header::ORIGIN).iter().any(|origin| origin.as_bytes() != own.as_bytes());
    }
    let sites = headers.get_all("sec-fetch-site").iter();
    sites.map(HeaderValue::as_bytes).any(|site| !matches!(site, b"same-origin" | b"none"))
}
