//! Troubles on demand: an API that is slow, down or gone, a clock that is off, keys that change, tokens that lack their origin, webhooks in disorder.
//!
//! They are switched over HTTP by whoever has the secret key, and last until they are switched off or the process ends.

use crate::{Clerk, answer, wire};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
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
    /// Only paths that begin so are slow or failing.
    path: Option<String>,
    /// Every answer is late by so much, in milliseconds.
    slow_ms: u64,
    /// Every answer has this status, 500 for example.
    fail: Option<u16>,
    /// What a failing answer says in `Retry-After`, in seconds; without it 429 says one second.
    retry_after_s: Option<u64>,
    /// Every connection ends without an answer.
    drop_connection: bool,
    /// So many requests fail or are dropped, then all is well again; absent is all of them. It counts down.
    fail_times: Option<u32>,
    /// How far the clock that stamps tokens is ahead, in seconds; negative is behind.
    pub(crate) clock_skew_s: i64,
    /// How long session tokens live, in seconds; absent is a minute.
    pub(crate) token_lifetime_s: Option<i64>,
    /// So many bytes of custom claims stand in every session token, as an instance may add them.
    pub(crate) custom_claims_bytes: usize,
    /// Every refresh token counts as expired.
    pub(crate) refresh_tokens_expired: bool,
    /// Handshakes bring tokens without `azp`, as real ones sometimes are.
    pub(crate) handshakes_without_azp: bool,
    /// What becomes of webhooks on their way.
    pub(crate) webhooks: Option<Disorder>,
    /// Signs with a new key from now on; the old one stays in the key set.
    #[serde(skip_serializing)]
    rotate_keys: bool,
    /// Takes every key but the one that signs out of the key set.
    #[serde(skip_serializing)]
    retire_keys: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Api {
    Frontend,
    Backend,
}

/// What webhooks may do to an application, and seldom do while somebody looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Disorder {
    /// Each message comes twice.
    Duplicate,
    /// Messages overtake each other.
    Shuffle,
    /// New messages are not sent; they wait to be replayed.
    Drop,
}

/// `PUT /_local/faults`: all of them at once; `{}` ends them.
pub(crate) async fn set(State(clerk): State<Clerk>, Json(faults): Json<Faults>) -> Response {
    if faults.rotate_keys
        && let Err(error) = clerk.identity.keys.rotate()
    {
        return answer::error(StatusCode::INTERNAL_SERVER_ERROR, "internal", &error.to_string());
    }
    if faults.retire_keys {
        clerk.identity.keys.retire();
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
    let (slow_ms, failure) = {
        let mut faults = clerk.faults();
        if !faults.concern(api, request.uri().path()) { (0, None) } else { (faults.slow_ms, faults.failure()) }
    };
    tokio::time::sleep(Duration::from_millis(slow_ms.min(SLOWEST_MS))).await;
    match failure {
        None => next.run(request).await,
        Some(Failure::Answer(answer)) => answer,
        Some(Failure::Cut) => {
            wire::of(&request).iter().for_each(wire::Wire::cut);
            // It goes nowhere.
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

/// How a request fails.
enum Failure {
    Answer(Response),
    Cut,
}

impl Faults {
    fn concern(&self, api: Api, path: &str) -> bool {
        self.api.is_none_or(|only| only == api)
            && !path.starts_with("/_local/")
            && self.path.as_ref().is_none_or(|begin| path.starts_with(begin.as_str()))
    }

    /// How this request is to fail, as long as some are left.
    fn failure(&mut self) -> Option<Failure> {
        let status = self.fail.and_then(|status| StatusCode::from_u16(status).ok());
        if status.is_none() && !self.drop_connection {
            return None;
        }
        if let Some(left) = &mut self.fail_times {
            *left = left.checked_sub(1)?;
        }
        Some(match status {
            Some(status) if !self.drop_connection => Failure::Answer(self.refusal(status)),
            _ => Failure::Cut,
        })
    }

    fn refusal(&self, status: StatusCode) -> Response {
        let mut response = answer::error(status, "local_fault", "This trouble was asked for.");
        let usual = (status == StatusCode::TOO_MANY_REQUESTS).then_some(1);
        if let Some(seconds) = self.retry_after_s.or(usual) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
