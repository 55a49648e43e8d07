//! Rate limits with a sliding window, counted in this process, in Redis, or at Upstash over HTTP.
//!
//! Keys and weights are those of `@upstash/ratelimit`, so a JavaScript service can share the
//! budget. Unlike that library, a limiter does not count calls that it refuses. If the store does
//! not answer, the result is [`LimiterDown`]; the operation decides what happens then.

mod blocked;
mod bounded;
mod headers;
mod local_state;
mod memory;
mod outage;
mod redis;
mod take;
mod upstash;
pub mod window;

pub use self::headers::{rate_limit_headers, retry_after_seconds};
pub(crate) use self::redis::check_url as check_redis_url;
pub use take::LimiterDown;
pub use window::Verdict;

use local_state::{IDENTIFIERS, LocalState};
use memory::Memory;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use take::Take;
use url::Url;
use window::{Counters, Mode, Window};

/// A rate limiter. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Limiter {
    /// The only store without a remote one; the fallback of [`Limiter::take_or_local`] otherwise.
    local: Memory,
    remote: Option<(Backend, Arc<LocalState>)>,
}

#[derive(Clone, Debug)]
enum Backend {
    Redis(Arc<redis::Redis>),
    Upstash(Arc<upstash::Upstash>),
}

impl Limiter {
    /// Counts in this process, for at most `capacity` identifiers. Beyond that, the oldest
    /// identifiers are dropped.
    #[must_use]
    pub fn in_process(capacity: usize) -> Self {
        Self { local: Memory::new(capacity), remote: None }
    }

    /// Counts in Redis. It connects on the first call, so the server also starts while Redis is
    /// down. `deadline` limits each call.
    ///
    /// # Errors
    /// The URL is not a Redis URL.
    pub fn redis(url: &SecretString, deadline: Duration) -> Result<Self, ::redis::RedisError> {
        Ok(Self::remote(Backend::Redis(Arc::new(redis::Redis::new(url, deadline)?))))
    }

    fn remote(backend: Backend) -> Self {
        Self { local: Memory::new(IDENTIFIERS), remote: Some((backend, Arc::default())) }
    }

    /// The same limiter without the cache of blocked identifiers, for limits whose units another
    /// process refunds: a block can then end earlier than this process knows.
    #[must_use]
    pub fn asking_each_time(self) -> Self {
        let remote = self.remote.map(|(backend, _)| (backend, Arc::new(LocalState::without_cache())));
        Self { remote, ..self }
    }

    /// Sets the callback for outages of a remote store. It is called at once with `false`, and then
    /// at the beginning (`true`) and the end (`false`) of each outage.
    #[must_use]
    pub fn telling(self, listener: fn(bool)) -> Self {
        if let Some((_, state)) = &self.remote {
            state.outage.set_listener(listener);
        }
        self
    }

    /// Counts at Upstash over HTTP. It connects on the first call. `deadline` limits each call.
    ///
    /// # Errors
    /// The TLS backend cannot be set up.
    pub fn upstash(url: Url, token: SecretString, deadline: Duration) -> Result<Self, reqwest::Error> {
        Ok(Self::remote(Backend::Upstash(Arc::new(upstash::Upstash::new(url, token, deadline)?))))
    }

    /// Takes `cost` units from the identifier's budget, or refuses the call and takes nothing.
    ///
    /// # Errors
    /// The store does not answer within the deadline. The call is not repeated, because it may have
    /// counted.
    pub async fn take(
        &self,
        prefix: &str,
        identifier: &str,
        limit: u64,
        window_ms: u64,
        cost: i64,
        now_ms: i64,
    ) -> Result<Verdict, LimiterDown> {
        self.take_in_mode(Mode::Strict, prefix, identifier, limit, window_ms, cost, now_ms).await
    }

    /// Like [`Limiter::take`]. [`Mode::Parity`] counts refused calls as the JavaScript library
    /// does; the recorded test vectors need it.
    ///
    /// # Errors
    /// The store does not answer within the deadline.
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
        let take = Take { keys: &keys, window, cost, now_ms, mode };
        Ok(take.verdict(match &self.remote {
            None => self.local.take(take),
            Some((backend, state)) => state.decide(take, backend.take(take)).await?,
        }))
    }

    /// Like [`Limiter::take`], but while the store is unavailable, a limit of the same size in this
    /// process decides. It counts only the calls that it decides itself, so it never refuses a call
    /// that the store would admit. With several servers, a caller gets the full limit at each of
    /// them. The store does not learn of these calls.
    pub async fn take_or_local(
        &self,
        prefix: &str,
        identifier: &str,
        limit: u64,
        window_ms: u64,
        cost: i64,
        now_ms: i64,
    ) -> Verdict {
        if let Ok(verdict) = self.take(prefix, identifier, limit, window_ms, cost, now_ms).await {
            return verdict;
        }
        let window = Window { limit, length_ms: window_ms };
        let keys = window.keys(prefix, identifier, now_ms);
        let take = Take { keys: &keys, window, cost, now_ms, mode: Mode::Strict };
        take.verdict(self.local.take(take))
    }

    /// Whether the store answers. The log contains the reason if it does not, because a server that
    /// is not ready receives no call that would show it.
    pub async fn ready(&self) -> bool {
        self.ask().await.map_err(|reason| tracing::warn!(reason, "the rate limit store is not ready")).is_ok()
    }

    /// Like [`Limiter::ready`], with the reason.
    ///
    /// # Errors
    /// The problem and the remedy, worded as the end of a sentence about the store.
    pub async fn ask(&self) -> Result<(), String> {
        match self.remote.as_ref().map(|(backend, _)| backend) {
            None => Ok(()),
            Some(Backend::Redis(redis)) if redis.ready().await => Ok(()),
            Some(Backend::Redis(_)) => Err(
                "it does not answer: check that it runs, and that host, port, user and password of REDIS_URL are right"
                    .to_owned(),
            ),
            Some(Backend::Upstash(upstash)) => upstash.ping().await.map_err(|error| error.to_string()),
        }
    }
}

impl Backend {
    async fn take(&self, take: Take<'_>) -> Result<(bool, Counters), String> {
        match self {
            Self::Redis(redis) => redis.take(take).await,
            Self::Upstash(upstash) => upstash.take(take).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_800_000_000_500;

    #[test]
    fn local_counters_during_an_outage_are_bounded() {
        let limiter = Limiter::redis(&"redis://127.0.0.1:9/".into(), Duration::from_secs(1)).unwrap();
        let window = Window { limit: 5, length_ms: 60_000 };
        for n in 0..100_000 {
            let keys = window.keys("test", &format!("user_{n}"), NOW_MS);
            limiter.local.take(Take { keys: &keys, window, cost: 1, now_ms: NOW_MS, mode: Mode::Strict });
        }
        assert!(limiter.local.size() <= 2 * IDENTIFIERS + 100);
    }

    #[test]
    fn the_redis_url_with_its_password_is_never_shown() {
        let limiter = Limiter::redis(&"redis://:hunter2@127.0.0.1:9/".into(), Duration::from_secs(1)).unwrap();
        assert!(!format!("{limiter:?}").contains("hunter2"));
        let error = Limiter::redis(&"postgres://:hunter2@127.0.0.1/".into(), Duration::from_secs(1)).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
