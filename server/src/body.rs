//! Buffers the body of a request. The layers limit its size and its pauses; this file turns their
//! errors into a status.

use axum::body::{Body, Bytes};
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError};
use std::error::Error;
use tower_http::timeout::TimeoutError;

/// The whole body.
///
/// # Errors
/// 413 for a body beyond the limit, 408 for one that stopped, and 400 for a client that hung up.
pub(crate) async fn read(body: Body) -> Result<Bytes, StatusCode> {
    body.collect().await.map(|body| body.to_bytes()).map_err(|error| limit(&error).unwrap_or(StatusCode::BAD_REQUEST))
}

/// The status for a body that ended at one of the limits: 413 or 408.
pub(crate) fn limit(error: &(dyn Error + 'static)) -> Option<StatusCode> {
    let causes = || std::iter::successors(Some(error), |error| Error::source(*error));
    if causes().any(|cause| cause.is::<LengthLimitError>()) {
        Some(StatusCode::PAYLOAD_TOO_LARGE)
    } else if causes().any(|cause| cause.is::<TimeoutError>()) {
        Some(StatusCode::REQUEST_TIMEOUT)
    } else {
        None
    }
}
