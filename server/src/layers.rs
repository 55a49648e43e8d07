//! The limits of size, time and number, and the panic handler. Each constant gives its reason.
//! `overload` refuses the requests beyond a number.

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use std::any::Any;
use std::time::Duration;
use tokio::time::timeout;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutBody;

/// The limits that tests make smaller.
#[derive(Clone, Copy, Debug)]
pub struct RequestLimits {
    /// The most requests that are served at once. The server answers the next one with 503.
    pub requests: usize,
    /// The longest pause between two parts of a request body. A longer one ends in 408.
    pub body_pause: Duration,
    /// The time until the answer to a request begins, without that of a long upload. A longer one
    /// ends in 503.
    pub time: Duration,
}

impl Default for RequestLimits {
    /// 4,096 requests: with bodies of 16 KiB they hold 64 MiB. 10 seconds without a byte are longer
    /// than a mobile connection needs to change its cell. 25 seconds are longer than any single
    /// call to a dependency (20 s for the Frontend API). An operation with several calls can reach
    /// them.
    fn default() -> Self {
        Self { requests: 4096, body_pause: Duration::from_secs(10), time: Duration::from_secs(25) }
    }
}

/// The longest valid form has about 5 KiB: a name of 200 letters with twelve encoded bytes each,
/// and the path of its page.
const FORM_BYTES: usize = 16 * 1024;

/// Clerk's events have a few kilobytes.
const WEBHOOK_BYTES: usize = 256 * 1024;

/// The body of a webhook is read before its signature can be verified, so the number at once bounds
/// the memory that strangers can fill: 64 MiB. Clerk sends a refused event again.
pub(crate) const WEBHOOKS: usize = 256;

/// A report contains the violated policy, about one kilobyte, and browsers send a few at once.
const REPORT_BYTES: usize = 16 * 1024;

/// Clerk accepts pictures of up to 10 MB.
const UPLOAD_BYTES: usize = 11 * 1024 * 1024;

/// The bytes of an upload for which a client has a second: a phone with a weak signal sends as
/// many.
const UPLOAD_BYTES_A_SECOND: usize = 32 * 1024;

/// A client that sends slowly holds its place for minutes, so uploads have few of all places.
pub(crate) const UPLOADS: usize = 64;

pub(crate) fn upload_limit() -> RequestBodyLimitLayer {
    RequestBodyLimitLayer::new(UPLOAD_BYTES)
}

pub(crate) fn report_limit() -> RequestBodyLimitLayer {
    RequestBodyLimitLayer::new(REPORT_BYTES)
}

pub(crate) fn form_limit() -> RequestBodyLimitLayer {
    RequestBodyLimitLayer::new(FORM_BYTES)
}

pub(crate) fn webhook_limit() -> RequestBodyLimitLayer {
    RequestBodyLimitLayer::new(WEBHOOK_BYTES)
}

/// Limits the pauses within a body. A request without a body passes as it is: the wrapper of a body
/// hides that it is empty, and only an empty request may be repeated at Clerk.
pub(crate) async fn limit_body_pause(State(limits): State<RequestLimits>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    next.run(request.map(|body| Body::new(TimeoutBody::new(limits.body_pause, body)))).await
}

/// The time for an upload beside the usual limit. There is none for a body no longer than a form,
/// or of a length that the client does not tell.
pub(crate) fn upload_time(headers: &HeaderMap) -> Duration {
    let bytes = headers.get(header::CONTENT_LENGTH).and_then(|bytes| bytes.to_str().ok()?.parse().ok()).unwrap_or(0);
    if bytes <= FORM_BYTES {
        return Duration::ZERO;
    }
    Duration::from_secs((bytes.min(UPLOAD_BYTES) / UPLOAD_BYTES_A_SECOND) as u64)
}

/// Answers a request that takes too long with 503.
pub(crate) async fn limit_time(State(limits): State<RequestLimits>, request: Request, next: Next) -> Response {
    let limit = limits.time + upload_time(request.headers());
    let in_time = timeout(limit, next.run(request)).await;
    in_time.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

pub(crate) fn panic_net() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(after_panic)
}

fn after_panic(_: Box<dyn Any + Send>) -> Response {
    // The panic hook has logged the message and the source line.
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
