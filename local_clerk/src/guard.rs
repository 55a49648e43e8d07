//! Writes of other sites are refused: the pages and the Frontend API act on a cookie.

use crate::{Clerk, answer};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

pub(crate) async fn same_origin(State(clerk): State<Clerk>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && is_foreign(request.headers(), &clerk.options.public_origin) {
        return answer::error(StatusCode::FORBIDDEN, "origin_invalid", "This request comes from another site.");
    }
    next.run(request).await
}

/// The application's own origin may ask from wherever it runs; a browser that tells no origin must be on this site.
fn is_foreign(headers: &HeaderMap, own: &str) -> bool {
    if headers.contains_key(header::ORIGIN) {
        return headers.get_all(header::ORIGIN).iter().any(|origin| origin.as_bytes() != own.as_bytes());
    }
    let sites = headers.get_all("sec-fetch-site").iter();
    sites.map(HeaderValue::as_bytes).any(|site| !matches!(site, b"same-origin" | b"none"))
}

/// A way back: on the application's origin, given as an absolute URL or as a path; everything else leads home.
pub(crate) fn way_back(clerk: &Clerk, wanted: &str) -> Option<String> {
    let origin = &clerk.options.public_origin;
    let base = url::Url::parse(origin).ok()?;
    let resolved = base.join(wanted).ok()?;
    let plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (plain && resolved.origin() == base.origin() && resolved.username().is_empty()).then(|| resolved.into())
}
