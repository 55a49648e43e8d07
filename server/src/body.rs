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
    body.collect().await.map(|body| body.to_bytes()).map_err(|error| status(&error))
}

fn status(error: &axum::Error) -> StatusCode {
    let causes = || std::iter::successors(Some(error as &dyn Error), |error| Error::source(*error));
    if causes().any(|cause| cause.is::<LengthLimitError>()) {
        StatusCode::PAYLOAD_TOO_LARGE
    } else if causes().any(|cause| cause.is::<TimeoutError>()) {
        StatusCode::REQUEST_TIMEOUT
    } else {
        StatusCode::BAD_REQUEST
    }
}
