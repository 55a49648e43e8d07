//! How often: the sliding window, in this process or in Redis.
//!
//! Same keys and weights as `@upstash/ratelimit`, so a JavaScript service can share the budget; strict where that library counts what it
//! refuses. A limiter that cannot be asked says so ([`LimiterDown`]); what that means is decided by the operation, never here.

mod memory;
mod redis;
pub mod window;

use http::{HeaderName, HeaderValue};
use secrecy::SecretString;
use std::time::Duration;
use window::{Mode, Window};

/// The answer to "one more?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the call may pass. Its cost has been taken then.
    pub admitted: bool,
    /// Units in a window.
    pub limit: u64,
    /// Units left after this call.
    pub remaining: u64,
    /// Start of the next window, Unix milliseconds.
    pub reset_ms: i64,
    /// Milliseconds until the same call can pass, exact if nobody else calls; `None`: never, it costs more than the limit.
    pub wait_ms: Option<u64>,
}

/// The store of the limiter cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rate limiter is unavailable")]
pub struct LimiterDown;

/// A rate limiter. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Limiter(Backend);

#[derive(Clone, Debug)]
enum Backend {
    InProcess(memory::Memory),
    Redis(redis::Redis),
}

impl Limiter {
    /// Counts in this process, for at most `capacity` identifiers; beyond that the oldest are forgotten.
    #[must_use]
    pub fn in_process(capacity: usize) -> Self {
        Self(Backend::InProcess(memory::Memory::new(capacity)))
    }

    /// Counts in Redis. Connects when it is first asked, so a Redis that is down does not keep the server from starting.
    ///
    /// # Errors
    /// The URL is not one of Redis.
    pub fn redis(url: &SecretString, deadline: Duration) -> Result<Self, ::redis::RedisError> {
        Ok(Self(Backend::Redis(redis::Redis::new(url, deadline)?)))
    }

    /// Takes `cost` units of the identifier's budget, or refuses and takes nothing.
    ///
    /// # Errors
    /// The store cannot be asked in time. An answer that was lost is not asked for again: it would count twice.
    pub async fn take(&self, prefix: &str, identifier: &str, limit: u64, window_ms: u64, cost: i64, now_ms: i64) -> Result<Verdict, LimiterDown> {
        self.take_in_mode(Mode::Strict, prefix, identifier, limit, window_ms, cost, now_ms).await
    }

    /// As [`Limiter::take`]. [`Mode::Parity`] counts refused calls exactly as the JavaScript library does, for its recordings.
    ///
    /// # Errors
    /// The store cannot be asked in time.
    #[expect(clippy::too_many_arguments, reason = "the seven numbers and names of a limit")]
    pub async fn take_in_mode(
        &self,
        mode: Mode,
        prefix: &str,
        identifier: &str,
        limit: u64,
        window_ms: u64,
        cost: i64,
        now_ms: i64,
    ) -> Result<Verdict, LimiterDown> {
        let window = Window { limit, length_ms: window_ms };
        let keys = window.keys(prefix, identifier, now_ms);
        let (admitted, counters) = match &self.0 {
            Backend::InProcess(memory) => memory.take(&keys, window, cost, now_ms, mode),
            Backend::Redis(redis) => redis.take(&keys, window, cost, now_ms, mode).await?,
        };
        Ok(window.verdict(admitted, counters, cost, now_ms))
    }

    /// Whether the store answers.
    pub async fn ready(&self) -> bool {
        match &self.0 {
            Backend::InProcess(_) => true,
            Backend::Redis(redis) => redis.ready().await,
        }
    }
}

/// Seconds for `Retry-After`, rounded up, at least one.
#[must_use]
pub fn retry_after_seconds(verdict: &Verdict) -> u64 {
    verdict.wait_ms.unwrap_or_default().div_ceil(1000).max(1)
}

/// The headers `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers): `t` is the wait for one more call, or the time to
/// the next window while there is still some budget.
#[must_use]
pub fn rate_limit_headers(name: &str, limit: u64, window_seconds: u64, verdict: &Verdict, now_ms: i64) -> [(HeaderName, HeaderValue); 2] {
    let next_window_ms = u64::try_from(verdict.reset_ms - now_ms).unwrap_or_default();
    let more_in_ms = if verdict.remaining == 0 { verdict.wait_ms.unwrap_or(next_window_ms) } else { next_window_ms };
    let policy = format!("\"{name}\";q={limit};w={window_seconds}");
    let state = format!("\"{name}\";r={};t={}", verdict.remaining.min(limit), more_in_ms.div_ceil(1000));
    // Names of operations are plain ASCII.
    let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
    [(HeaderName::from_static("ratelimit-policy"), value(&policy)), (HeaderName::from_static("ratelimit"), value(&state))]
}
