//! Answers: JSON, or a refusal in Clerk's format.

use crate::{json::error, json::errors, model::Refused, model::Result};
use axum::{Json, http::StatusCode, http::header, response::IntoResponse, response::Response};
use serde_json::{Value, json};

pub(super) type Answer = Result<Json<Value>>;

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (status(&self), Json(errors(&self))).into_response()
    }
}

pub(super) fn status(refused: &Refused) -> StatusCode {
    StatusCode::from_u16(refused.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Gives the rejections of extractors and of the router Clerk's format too.
pub(super) async fn in_clerk_format(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_rejection = kind.is_empty() || kind.starts_with("text/plain");
    let code = match response.status() {
        StatusCode::BAD_REQUEST => "request_body_invalid",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "request_body_too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_content_type",
        StatusCode::UNPROCESSABLE_ENTITY => "form_param_format_invalid",
        _ => return response,
    };
    if !is_rejection {
        return response;
    }
    let (head, body) = response.into_parts();
    let text = axum::body::to_bytes(body, 10_000).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let message = if text.is_empty() { "The request is invalid." } else { &text };
    (head.status, Json(error(code, message, &json!({})))).into_response()
}
