//! The time as one instance sees it: the system's, and how far somebody turned it forward.
//!
//! Tests turn it instead of waiting for tokens, codes and sessions to expire. Several instances may run in one
//! process, so the offset belongs to the task that serves an instance and not to the process.

use crate::Clerk;
use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

tokio::task_local! {
    static TURNED_BY_MS: Arc<AtomicI64>;
}

/// Unix time in milliseconds, as the instance sees it that this task serves.
#[expect(clippy::disallowed_methods, reason = "the one place of this crate that asks the system")]
pub(crate) fn now_ms() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let turned = TURNED_BY_MS.try_with(|turned| turned.load(Ordering::Relaxed)).unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX).saturating_add(turned)
}

/// Runs `work` with the clock of an instance.
pub(crate) async fn with<T>(turned_by_ms: &Arc<AtomicI64>, work: impl Future<Output = T>) -> T {
    TURNED_BY_MS.scope(Arc::clone(turned_by_ms), work).await
}

pub(crate) async fn of_instance(State(clerk): State<Clerk>, request: Request, next: Next) -> Response {
    with(&clerk.options.clock_turned_by_ms, next.run(request)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turn {
    /// How far forward, in milliseconds. Time does not run backwards.
    forward_ms: u32,
}

/// `POST /_local/clock`: turns the clock forward, and ends what has expired meanwhile.
pub(crate) async fn forward(State(clerk): State<Clerk>, Json(turn): Json<Turn>) -> Response {
    clerk.options.clock_turned_by_ms.fetch_add(i64::from(turn.forward_ms), Ordering::Relaxed);
    clerk.save();
    Json(json!({ "now_ms": now_ms() })).into_response()
}
