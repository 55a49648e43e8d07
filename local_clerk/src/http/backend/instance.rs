//! The instance: its secret key, its key set, handshake payloads, and tools for tests below
//! `/_local`.

use crate::{faults::Faults, http::answer::Answer, json, model::Refused, model::Result, server::Clerk};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Path, Query, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, middleware::Next, routing::get, routing::post};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

pub(super) fn routes() -> Router<Clerk> {
    Router::new()
        .route("/v1/jwks", get(jwks))
        .route("/v1/clients/handshake_payload", get(handshake_payload))
        .route("/_local/faults", get(show_faults).put(set_faults))
        .route("/_local/clock", post(advance_clock))
        .route("/_local/webhooks", get(list_webhooks))
        .route("/_local/webhooks/{message}/replay", post(replay_webhook))
}

async fn jwks(clerk: Clerk) -> Json<Value> {
    Json(clerk.identity.keys.jwks())
}

#[derive(Deserialize)]
struct NonceQuery {
    nonce: String,
}

/// Redeems a nonce, which works once.
async fn handshake_payload(clerk: Clerk, Query(query): Query<NonceQuery>) -> Answer {
    let directives = clerk.state().nonces.remove(&query.nonce).ok_or_else(Refused::not_found)?;
    Ok(Json(json!({ "directives": directives })))
}

pub(super) async fn require_secret_key(clerk: Clerk, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|text| text.strip_prefix("Bearer "));
    let is_valid =
        |given: &str| verify_slices_are_equal(given.as_bytes(), clerk.identity.secret_key.as_bytes()).is_ok();
    if given.is_some_and(is_valid) {
        next.run(request).await
    } else {
        Refused::new(401, "clerk_key_invalid", "The provided Clerk Secret Key is invalid.").into_response()
    }
}

/// `PUT /_local/faults` replaces all faults; `{}` ends them.
async fn set_faults(clerk: Clerk, Json(faults): Json<Faults>) -> Result<Json<Faults>> {
    if faults.rotate_keys {
        let failed = |error: crate::error::StartError| Refused::new(500, "internal", error.to_string());
        clerk.identity.keys.rotate().map_err(failed)?;
    }
    if faults.retire_keys {
        clerk.identity.keys.retire();
    }
    *clerk.faults() = faults;
    Ok(show_faults(clerk).await)
}

async fn show_faults(clerk: Clerk) -> Json<Faults> {
    Json(clerk.faults().clone())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockParams {
    /// Milliseconds. The clock only advances.
    forward_ms: u32,
}

/// `POST /_local/clock` advances the clock. Sessions that expire end at once.
async fn advance_clock(clerk: Clerk, Json(params): Json<ClockParams>) -> Answer {
    clerk.options.clock_turned_by_ms.fetch_add(i64::from(params.forward_ms), Ordering::Relaxed);
    clerk.commit(|state| Ok(Json(json!({ "now_ms": state.now_ms })))).await
}

/// `GET /_local/webhooks`: the last messages, newest first.
async fn list_webhooks(clerk: Clerk) -> Json<Value> {
    Json(json::list(clerk.webhooks.journal.list()))
}

/// `POST /_local/webhooks/{id}/replay` sends a message again under the same id, with all its
/// attempts.
async fn replay_webhook(clerk: Clerk, Path(id): Path<String>) -> Result<Response> {
    let found = clerk.webhooks.journal.replay(&id);
    let (message, entry) = found.ok_or_else(Refused::not_found)?;
    clerk.webhooks.send(message);
    Ok((StatusCode::ACCEPTED, Json(entry)).into_response())
}
