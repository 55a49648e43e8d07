//! `POST /api/webhooks/clerk`: verifies the raw body and passes the event to `gatehouse::webhooks`.
//!
//! A delivery that does not verify gets a 400 without detail. A failure of this server gets a 500,
//! and Clerk sends the event again.

use crate::app_state::AppState;
use crate::body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use clerk::webhook;
use gatehouse::webhooks;
use http::StatusCode;
use serde_json::json;

pub(crate) async fn receive(State(app): State<AppState>, request: Request) -> Response {
    if app.clerk.webhook_secrets.is_empty() {
        tracing::error!(
            "a webhook arrived, but CLERK_WEBHOOK_SIGNING_SECRET is not set: copy the signing secret of this endpoint from the Clerk dashboard, Webhooks"
        );
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let (head, body) = request.into_parts();
    let body = match body::read(body).await {
        Ok(body) => body,
        Err(status) => return status.into_response(),
    };
    let now_ms = app.clock.now_ms();
    let event = match webhook::verify(&app.clerk.webhook_secrets, &head.headers, &body, now_ms / 1000) {
        Ok(event) => event,
        Err(error) => {
            tracing::warn!("a webhook was refused: {error}. More: docs/troubleshooting.md");
            return (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": "invalid_webhook" }))).into_response();
        }
    };
    match webhooks::ingest(app.gate.services(), &event, now_ms).await {
        Ok(ingested) => {
            tracing::info!(id = event.id(), kind = event.kind(), ?ingested, "webhook");
            StatusCode::OK.into_response()
        }
        Err(error) => {
            tracing::error!(%error, id = event.id(), "a webhook could not be stored");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
