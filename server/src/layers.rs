//! The limits of size, time and number, and the panic handler. Each constant gives its reason.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use std::any::Any;
use std::time::Duration;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// Clerk's events have a few kilobytes, and no form is longer.
const BODY_BYTES: usize = 256 * 1024;

/// A report contains the violated policy, about one kilobyte, and browsers send a few at once.
const REPORT_BYTES: usize = 16 * 1024;

/// Longer than any single call to a dependency (20 s for the Frontend API). An operation that calls
/// Clerk several times can reach this limit; its client then gets a 503.
const TIME_LIMIT: Duration = Duration::from_secs(25);

/// The most requests at once. Further requests wait without a limit of time or number: `time_limit`
/// is an inner layer, so it starts only when the request does.
const CONCURRENCY: usize = 4096;

/// Clerk accepts pictures of up to 10 MB.
const UPLOAD_BYTES: usize = 11 * 1024 * 1024;

pub(crate) fn upload_limit() -> RequestBodyLimitLayer {
    RequestBodyLimitLayer::new(UPLOAD_BYTES)
}

pub(crate) fn report_limit() -> RequestBodyLimitLayer {
    RequestBodyLimitLayer::new(REPORT_BYTES)
}

pub(crate) fn body_limit() -> RequestBodyLimitLayer {
    RequestBodyLimitLayer::new(BODY_BYTES)
}

pub(crate) fn time_limit() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME_LIMIT)
}

pub(crate) fn concurrency_limit() -> GlobalConcurrencyLimitLayer {
    GlobalConcurrencyLimitLayer::new(CONCURRENCY)
}

pub(crate) fn panic_net() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(after_panic)
}

fn after_panic(_: Box<dyn Any + Send>) -> Response {
    // The panic hook has logged the message and the source line.
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
