//! Gives a body to errors that have none of ours: a page for browsers, a code for programs.
//!
//! Errors come from axum, tower, Leptos and our handlers, and some of their texts describe
//! internals. This layer replaces the body of every error that is neither JSON nor HTML.

use crate::answer;
use crate::app_state::AppState;
use crate::chosen_appearance::chosen_appearance;
use crate::request_id::RequestId;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::refusal::Refusal;
use gatehouse::headers::PRIVATE;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

pub(crate) async fn not_found() -> StatusCode {
    StatusCode::NOT_FOUND
}

pub(crate) async fn add_body(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let page = answer::wants_page(request.headers()) && !request.uri().path().starts_with("/api/webhooks/");
    let id = request.extensions().get::<RequestId>().cloned();
    let appearance = chosen_appearance(request.headers());
    let mut response = next.run(request).await;
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = Refusal::Unavailable.retry_after().unwrap_or(1);
        response.headers_mut().entry(header::RETRY_AFTER).or_insert_with(|| HeaderValue::from(seconds));
    }
    if !is_error(response.status()) {
        return response;
    }
    if has_own_body(&response) {
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(PRIVATE));
        return response;
    }
    let (status, headers) = (response.status(), response.headers().clone());
    let id = id.as_ref().map(RequestId::as_str).unwrap_or_default();
    let mut replaced = if page {
        (status, app.documents.error(status, id, appearance)).into_response()
    } else {
        (status, axum::Json(json!({ "error": code(status) }))).into_response()
    };
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = headers.get(&name) {
            replaced.headers_mut().insert(name, value.clone());
        }
    }
    replaced.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(PRIVATE));
    replaced
}

fn is_error(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

fn has_own_body(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|text| text.starts_with("application/json") || text.starts_with("text/html"))
}

/// The code of a status. Some codes are not codes of `Refusal`, because HTTP itself refuses.
fn code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "unauthenticated",
        403 => "forbidden",
        404 => "not_found",
        405 => "method_not_allowed",
        408 => "request_timeout",
        413 => "too_large",
        415 => "unsupported_media_type",
        421 => "misdirected_request",
        400..=499 => "bad_request",
        502..=504 => "unavailable",
        _ => "internal",
    }
}
