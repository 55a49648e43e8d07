//! Limits around everything: size, time, number, and a net for bugs. Each number has its reason.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use std::any::Any;
use std::time::Duration;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// Clerk's events are a few kilobytes, and no form here is longer.
const BODY_BYTES: usize = 256 * 1024;

/// A report carries the policy that was violated, about a kilobyte, and browsers batch a few.
const REPORT_BYTES: usize = 16 * 1024;

/// Longer than every time limit of a dependency, shorter than a browser's patience.
const TIME_LIMIT: Duration = Duration::from_secs(25);

/// Requests at once. More wait; their clients give up before memory does.
const CONCURRENCY: usize = 4096;

/// Clerk takes pictures of up to 10 MB.
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
    // The panic hook has written message and place to the log.
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
