//! Tools for tests, below `/_local`: faults, the clock, the webhook journal.

use crate::faults::Faults;
use crate::http::answer::Answer;
use crate::json;
use crate::model::refused::Refused;
use crate::server::Clerk;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

/// `PUT /_local/faults` replaces all faults; `{}` ends them.
pub(super) async fn set_faults(
    State(clerk): State<Clerk>,
    Json(faults): Json<Faults>,
) -> Result<Json<Faults>, Refused> {
    if faults.rotate_keys {
        let failed = |error: crate::error::StartError| Refused::new(500, "internal", error.to_string());
        clerk.identity.keys.rotate().map_err(failed)?;
    }
    if faults.retire_keys {
        clerk.identity.keys.retire();
    }
    *clerk.faults() = faults;
    Ok(show_faults(State(clerk)).await)
}

pub(super) async fn show_faults(State(clerk): State<Clerk>) -> Json<Faults> {
    Json(clerk.faults().clone())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockParams {
    /// Milliseconds. The clock only advances.
    forward_ms: u32,
}

/// `POST /_local/clock` advances the clock. Sessions that expire end at once.
pub(super) async fn advance_clock(State(clerk): State<Clerk>, Json(params): Json<ClockParams>) -> Answer {
    clerk.options.clock_turned_by_ms.fetch_add(i64::from(params.forward_ms), Ordering::Relaxed);
    clerk.commit(|state| Ok(Json(json!({ "now_ms": state.now_ms })))).await
}

/// `GET /_local/webhooks`: the last messages, newest first.
pub(super) async fn list_webhooks(State(clerk): State<Clerk>) -> Json<Value> {
    let list = clerk.journal().list();
    Json(json::list(&list, list.len()))
}

/// `POST /_local/webhooks/{id}/replay` sends a message again under the same id, with all its attempts.
pub(super) async fn replay_webhook(State(clerk): State<Clerk>, Path(id): Path<String>) -> Result<Response, Refused> {
    let found = clerk.journal().replay(&id);
    let (message, entry) = found.ok_or_else(Refused::not_found)?;
    clerk.webhooks.send(message);
    Ok((StatusCode::ACCEPTED, Json(entry)).into_response())
}
