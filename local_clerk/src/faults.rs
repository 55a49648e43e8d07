//! Troubles on demand: an API that is slow or down, a clock that is off, keys that change, tokens that lack their origin.
//!
//! They are switched over HTTP by whoever has the secret key, and last until they are switched off or the process ends.

use crate::{Clerk, answer};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Longer than every client waits.
const SLOWEST_MS: u64 = 60_000;

/// What is wrong. Absent members are off.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Faults {
    /// Which API is slow or failing; absent is both.
    api: Option<Api>,
    /// Every answer is late by so much, in milliseconds.
    slow_ms: u64,
    /// Every answer has this status, 500 for example.
    fail: Option<u16>,
    /// How far the clock that stamps tokens is ahead, in seconds; negative is behind.
    pub(crate) clock_skew_s: i64,
    /// Handshakes bring tokens without `azp`, as real ones sometimes are.
    pub(crate) handshakes_without_azp: bool,
    /// Signs with a new key from now on; the old one stays in the key set.
    #[serde(skip_serializing)]
    rotate_keys: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Api {
    Frontend,
    Backend,
}

/// `PUT /_local/faults`: all of them at once; `{}` ends them.
pub(crate) async fn set(State(clerk): State<Clerk>, Json(faults): Json<Faults>) -> Response {
    if faults.rotate_keys
        && let Err(error) = clerk.identity.rotate()
    {
        return answer::error(StatusCode::INTERNAL_SERVER_ERROR, "internal", &error.to_string());
    }
    *clerk.faults() = faults;
    show(State(clerk)).await
}

pub(crate) async fn show(State(clerk): State<Clerk>) -> Response {
    Json(clerk.faults().clone()).into_response()
}

pub(crate) async fn of_frontend(State(clerk): State<Clerk>, request: Request, next: Next) -> Response {
    disturbed(&clerk, Api::Frontend, request, next).await
}

pub(crate) async fn of_backend(State(clerk): State<Clerk>, request: Request, next: Next) -> Response {
    disturbed(&clerk, Api::Backend, request, next).await
}

async fn disturbed(clerk: &Clerk, api: Api, request: Request, next: Next) -> Response {
    let faults = clerk.faults().clone();
    if faults.api.is_some_and(|only| only != api) || request.uri().path().starts_with("/_local/") {
        return next.run(request).await;
    }
    tokio::time::sleep(Duration::from_millis(faults.slow_ms.min(SLOWEST_MS))).await;
    match faults.fail.and_then(|status| StatusCode::from_u16(status).ok()) {
        Some(status) => answer::error(status, "local_fault", "This trouble was asked for."),
        None => next.run(request).await,
    }
}
