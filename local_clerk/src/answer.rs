//! Errors in the shape that Clerk's clients read.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Errors that are more than a code and a sentence.
pub(crate) fn errors(status: StatusCode, errors: &[Value]) -> Response {
    (status, Json(json!({ "errors": errors, "clerk_trace_id": "local" }))).into_response()
}

/// An error with Clerk's code and a sentence for people.
pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let body =
        json!({ "errors": [{ "code": code, "message": message, "long_message": message }], "clerk_trace_id": "local" });
    (status, Json(body)).into_response()
}

/// A field that cannot be taken: 422.
pub(crate) fn field_error(code: &str, field: &str, message: &str) -> Response {
    let error = json!({ "code": code, "message": message, "long_message": message, "meta": { "param_name": field } });
    let body = json!({ "errors": [error], "clerk_trace_id": "local" });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}

pub(crate) fn not_found() -> Response {
    error(StatusCode::NOT_FOUND, "resource_not_found", "There is no such object.")
}
