//! `POST /api/webhooks/clerk`: verify the raw body, then take the event exactly once.
//!
//! Every failure of the sender's making is the same short 400; ours are a 500 without detail, and Clerk will send again.

use crate::start::App;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use clerk::webhook;
use gatehouse::store::events;
use http::{HeaderMap, StatusCode};
use serde_json::json;

pub(crate) async fn receive(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    if app.clerk.webhook_secrets.is_empty() {
        tracing::error!(
            "a webhook arrived, but CLERK_WEBHOOK_SIGNING_SECRET is not set: copy the signing secret of this endpoint from the Clerk dashboard, Webhooks"
        );
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let now_ms = app.clock.now_ms();
    let event = match webhook::verify(&app.clerk.webhook_secrets, &headers, &body, now_ms / 1000) {
        Ok(event) => event,
        Err(rejected) => {
            tracing::warn!("a webhook was refused: {rejected}. More: docs/troubleshooting.md");
            return (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": "invalid_webhook" }))).into_response();
        }
    };
    // First, and also when the database is down: tokens of what has ended are refused from now on.
    if let Some(ended) = event.ended() {
        app.gate.services().revoked_sessions.insert_past(ended, event.timestamp_ms(), now_ms);
    }
    match events::take(&app.gate.services().database, &event, now_ms).await {
        Ok(taken) => {
            tracing::info!(id = event.id(), kind = event.kind(), ?taken, "webhook");
            StatusCode::OK.into_response()
        }
        Err(error) => {
            tracing::error!(%error, id = event.id(), "a webhook could not be stored");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
