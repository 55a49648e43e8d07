//! Errors in the shape that Clerk's clients read.

use crate::identity;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error with Clerk's code and a sentence for people.
pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Response {
    errors(status, &[json!({ "code": code, "message": message, "long_message": message, "meta": {} })])
}

/// A field that cannot be taken: 422.
pub(crate) fn field_error(code: &str, field: &str, message: &str) -> Response {
    let error = json!({ "code": code, "message": message, "long_message": message, "meta": { "param_name": field } });
    errors(StatusCode::UNPROCESSABLE_ENTITY, &[error])
}

/// Errors that are more than a code and a sentence.
pub(crate) fn errors(status: StatusCode, errors: &[Value]) -> Response {
    (status, Json(json!({ "errors": errors, "clerk_trace_id": identity::random_id() }))).into_response()
}

pub(crate) fn not_found() -> Response {
    error(StatusCode::NOT_FOUND, "resource_not_found", "There is no such object.")
}

/// What could not be read, or is not there under this method, is refused in Clerk's form too.
pub(crate) async fn in_clerks_form(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_ours = !(kind.is_empty() || kind.starts_with("text/plain"));
    let code = match response.status() {
        StatusCode::BAD_REQUEST => "request_body_invalid",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "request_body_too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_content_type",
        StatusCode::UNPROCESSABLE_ENTITY => "form_param_format_invalid",
        _ => return response,
    };
    if is_ours {
        return response;
    }
    let (head, body) = response.into_parts();
    let text = axum::body::to_bytes(body, 10_000).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    error(head.status, code, if text.is_empty() { "The request cannot be answered." } else { &text })
}
