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
mod requester;
mod take;
mod upstash;
pub mod window;

pub use self::headers::Budget;
pub(crate) use self::redis::check_url as check_redis_url;
pub use requester::Requester;
pub use take::{Call, Limit, LimiterDown};
pub use window::{Mode, Verdict};

use crate::readiness::ReadinessMemory;
use local_state::{IDENTIFIERS, LocalState};
use memory::Memory;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use take::Take;
use url::Url;
use window::{Counters, Keys};

/// A rate limiter. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Limiter {
    /// The only store without a remote one; the fallback of [`Limiter::take_or_local`] otherwise.
    local: Memory,
    remote: Option<(Backend, Arc<LocalState>)>,
    /// First part of every key. Empty: keys begin with the name of the limit.
    prefix: Arc<str>,
    mode: Mode,
    readiness: ReadinessMemory,
}

#[derive(Clone, Debug)]
enum Backend {
    Redis(Arc<redis::Redis>),
    Upstash(Arc<upstash::Upstash>),
}

impl Limiter {
    /// Counts in this process, for at most `capacity` identifiers. Half of them are addresses, so
    /// that a flood of addresses drops no counter of a user. Beyond the capacity, the oldest
    /// identifiers of the kind are dropped.
    #[must_use]
    pub fn in_process(capacity: usize) -> Self {
        Self {
            local: Memory::new(capacity),
            remote: None,
            prefix: "".into(),
            mode: Mode::Strict,
            readiness: ReadinessMemory::default(),
        }
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
        Self { remote: Some((backend, Arc::default())), ..Self::in_process(IDENTIFIERS) }
    }

    /// Sets the first part of every key (`RATE_LIMIT_PREFIX`).
    #[must_use]
    pub fn with_prefix(self, prefix: &str) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// Sets the mode (`RATE_LIMIT_MODE`).
    #[must_use]
    pub fn with_mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// Sets the callback for outages of a remote store. It is called at once with `false`, and then
    /// at the beginning (`true`) and the end (`false`) of each outage.
    #[must_use]
    pub fn with_outage_listener(self, listener: fn(bool)) -> Self {
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

    /// Takes the cost of a call from the requester's budget, or refuses the call and takes nothing.
    ///
    /// # Errors
    /// The store does not answer within the deadline. The call is not repeated, because it may have
    /// counted.
    pub async fn take(&self, limit: Limit<'_>, call: Call<'_>) -> Result<Verdict, LimiterDown> {
        let keys = self.keys(limit, call);
        let take = Take::new(&keys, limit.window(), call, self.mode);
        Ok(take.verdict(match &self.remote {
            None => self.local.take(take),
            Some((backend, state)) => state.decide(take, backend.take(take)).await?,
        }))
    }

    /// Like [`Limiter::take`], but while the store is unavailable, a limit of the same size in this
    /// process decides. It counts only the calls that it decides itself, so it never refuses a call
    /// that the store would admit. With several servers, a caller gets the full limit at each of
    /// them. The store does not learn of these calls.
    pub async fn take_or_local(&self, limit: Limit<'_>, call: Call<'_>) -> Verdict {
        if let Ok(verdict) = self.take(limit, call).await {
            return verdict;
        }
        let keys = self.keys(limit, call);
        let take = Take::new(&keys, limit.window(), call, self.mode);
        take.verdict(self.local.take(take))
    }

    fn keys(&self, limit: Limit<'_>, call: Call<'_>) -> Keys {
        let identifier = call.requester.to_string();
        if self.prefix.is_empty() {
            return limit.window().keys(limit.name, &identifier, call.now_ms);
        }
        limit.window().keys(&format!("{}:{}", self.prefix, limit.name), &identifier, call.now_ms)
    }

    /// The store that counts, for people.
    #[must_use]
    pub fn store_name(&self) -> &'static str {
        match self.remote.as_ref().map(|(backend, _)| backend) {
            None => "this process",
            Some(Backend::Redis(_)) => "Redis",
            Some(Backend::Upstash(_)) => "Upstash",
        }
    }

    /// Whether the store answers, as of the last two seconds. The log contains the reason if it
    /// does not, because a server that is not ready receives no call that would show it.
    pub async fn ready(&self) -> bool {
        let limiter = self.clone();
        let check = || async move {
            limiter.check().await.map_err(|reason| tracing::warn!(reason, "the rate limit store is not ready")).is_ok()
        };
        self.readiness.result_of(check).await
    }

    /// Asks the store now.
    ///
    /// # Errors
    /// The problem and the remedy, worded as the end of a sentence about the store.
    pub async fn check(&self) -> Result<(), String> {
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
    use futures_util::FutureExt;

    const NOW_MS: i64 = 1_800_000_000_500;

    #[test]
    fn local_counters_during_an_outage_are_bounded() {
        let limiter = Limiter::redis(&"redis://127.0.0.1:9/".into(), Duration::from_secs(1)).unwrap();
        let limit = Limit::per_minute("test", 5);
        for n in 0..100_000 {
            let user = format!("user_{n}");
            let call = Call::new(Requester::User(&user), NOW_MS);
            let keys = limiter.keys(limit, call);
            limiter.local.take(Take::new(&keys, limit.window(), call, Mode::Strict));
        }
        assert!(limiter.local.size() <= 2 * IDENTIFIERS + 100);
    }

    #[test]
    fn keys_are_those_of_the_javascript_library() {
        let (limiter, limit) = (Limiter::in_process(10), Limit::per_minute("rename_organization", 5));
        let key = |limiter: &Limiter, requester| limiter.keys(limit, Call::new(requester, 120_000)).current;
        let prefixed = limiter.clone().with_prefix("shop");
        assert_eq!(key(&limiter, Requester::User("user_1")), "rename_organization:user_1:2");
        assert_eq!(key(&prefixed, Requester::User("user_1")), "shop:rename_organization:user_1:2");
        let address = Requester::at(Some("2001:db8:1:2::7".parse().unwrap()));
        assert_eq!(key(&prefixed, address), "shop:rename_organization:2001:db8:1:2::/64:2");
    }

    #[test]
    fn a_limit_of_zero_refuses_and_a_window_of_zero_is_a_millisecond() {
        let limiter = Limiter::in_process(10);
        let take = |requests, window_ms| {
            let limit = Limit { name: "zero", requests, window_ms };
            limiter.take(limit, Call::new(Requester::User("user_1"), NOW_MS)).now_or_never().unwrap().unwrap()
        };
        assert_eq!((take(0, 60_000).admitted, take(0, 60_000).wait_ms), (false, None));
        assert_eq!((take(1, 0).admitted, take(1, 0).reset_ms), (true, NOW_MS + 1));
        assert!(take(u64::MAX, u64::MAX).admitted);
    }

    #[test]
    fn the_redis_url_with_its_password_is_never_shown() {
        let limiter = Limiter::redis(&"redis://:hunter2@127.0.0.1:9/".into(), Duration::from_secs(1)).unwrap();
        assert!(!format!("{limiter:?}").contains("hunter2"));
        let error = Limiter::redis(&"postgres://:hunter2@127.0.0.1/".into(), Duration::from_secs(1)).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
