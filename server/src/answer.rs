//! Builds the responses that several handlers share: refusals and redirects.

use axum::response::{IntoResponse, Response};
use domain::refusal::Refusal;
use gatehouse::headers::refusal_headers;
use gatehouse::limit::Budget;
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// The refusal as JSON, with its status and headers.
pub(crate) fn refusal(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, axum::Json(refusal)).into_response();
    response.headers_mut().extend(refusal_headers(refusal));
    response
}

/// The refusal of a call that exceeds a limit, with the state of the limit.
pub(crate) fn too_many_requests(budget: &Budget) -> Response {
    let mut response = refusal(&Refusal::RateLimited { retry_after: budget.verdict.retry_after_seconds() });
    response.headers_mut().extend(budget.headers());
    response
}

/// Whether the client is a browser that displays the response. Decides the form of an answer and
/// never whether the request is allowed.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    const PAGE: &[u8] = b"text/html";
    let accepts = headers.get(header::ACCEPT).map(HeaderValue::as_bytes);
    accepts.is_some_and(|accepts| accepts.windows(PAGE.len()).any(|found| found == PAGE))
}

/// A redirect with 303, as after a form post. It is never cached.
pub(crate) fn see_other(location: HeaderValue) -> Response {
    redirect(StatusCode::SEE_OTHER, location)
}

/// A redirect that is never cached.
pub(crate) fn redirect(status: StatusCode, location: HeaderValue) -> Response {
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (status, headers).into_response()
}
