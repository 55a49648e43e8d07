//! The response headers of a verdict: `Retry-After`, `RateLimit-Policy` and `RateLimit`.

use super::take::Limit;
use super::window::Verdict;
use http::{HeaderName, HeaderValue};

impl Verdict {
    /// Value of `Retry-After` in seconds, rounded up, at least 1. It is also 1 for a call that can
    /// never fit, which does not occur with operations of cost 1.
    #[must_use]
    pub fn retry_after_seconds(&self) -> u64 {
        self.wait_ms.unwrap_or_default().div_ceil(1000).max(1)
    }
}

/// The state of a limit after a call.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// The limit.
    pub limit: Limit<'static>,
    /// The decision about the call.
    pub verdict: Verdict,
    /// The time of the call, Unix milliseconds.
    pub now_ms: i64,
}

impl Budget {
    /// The headers `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers). `t`
    /// is the number of seconds until more is available: the wait for one call if nothing remains,
    /// else the time to the next window. It is never later than `Retry-After` of the same response.
    #[must_use]
    pub fn headers(&self) -> [(HeaderName, HeaderValue); 2] {
        let Self { limit: Limit { name, requests, window_ms }, verdict, now_ms } = self;
        let next_window_ms = u64::try_from(verdict.reset_ms - now_ms).unwrap_or_default();
        let more_in_ms = match verdict.wait_ms {
            Some(wait_ms) if verdict.remaining == 0 => wait_ms,
            Some(wait_ms) if !verdict.admitted => wait_ms.min(next_window_ms),
            _ => next_window_ms,
        };
        let policy = format!("\"{name}\";q={requests};w={}", window_ms.div_ceil(1000));
        let state = format!("\"{name}\";r={};t={}", verdict.remaining.min(*requests), more_in_ms.div_ceil(1000));
        // Names of limits are ASCII, so they are valid header values.
        let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
        [
            (HeaderName::from_static("ratelimit-policy"), value(&policy)),
            (HeaderName::from_static("ratelimit"), value(&state)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::{Call, Limiter, Requester};

    const NOW_MS: i64 = 1_800_000_000_500;
    const LIMIT: Limit<'static> = Limit::per_minute("rename", 5);

    fn call(cost: i64, now_ms: i64) -> Call<'static> {
        Call { cost, ..Call::new(Requester::User("user_1"), now_ms) }
    }

    async fn calls(count: usize, cost: i64) -> Verdict {
        let limiter = Limiter::in_process(10);
        let mut verdict = None;
        for _ in 0..count {
            verdict = Some(limiter.take(LIMIT, call(cost, NOW_MS)).await.unwrap());
        }
        verdict.unwrap()
    }

    fn texts(verdict: &Verdict) -> [String; 2] {
        let budget = Budget { limit: LIMIT, verdict: *verdict, now_ms: NOW_MS };
        budget.headers().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
    }

    #[tokio::test]
    async fn an_admitted_call_tells_what_is_left_until_the_next_window() {
        let first = calls(1, 1).await;
        assert_eq!(texts(&first), ["ratelimit-policy: \"rename\";q=5;w=60", "ratelimit: \"rename\";r=4;t=60"]);
    }

    #[tokio::test]
    async fn the_last_admitted_call_already_tells_how_long_to_wait() {
        // A full window weighs 4 of 5 one millisecond after its end at the earliest.
        let last = calls(5, 1).await;
        assert!(last.admitted);
        assert_eq!((last.remaining, last.wait_ms), (0, Some(59_501)));
        assert_eq!(texts(&last)[1], "ratelimit: \"rename\";r=0;t=60");
    }

    #[tokio::test]
    async fn a_refused_call_may_be_repeated_when_the_budget_says_so() {
        let refused = calls(6, 1).await;
        assert!(!refused.admitted);
        assert_eq!(refused.retry_after_seconds(), 60);
        assert_eq!(texts(&refused)[1], "ratelimit: \"rename\";r=0;t=60");
    }

    #[tokio::test]
    async fn retry_after_is_never_earlier_than_the_budget() {
        // Half of a window with 5 units is over: 2 remain, and 3 fit long before the next window.
        let limiter = Limiter::in_process(10);
        let start_ms = 1_800_000_000_000;
        limiter.take(LIMIT, call(5, start_ms)).await.unwrap();
        let now_ms = start_ms + 90_000;
        let refused = limiter.take(LIMIT, call(4, now_ms)).await.unwrap();
        assert_eq!((refused.admitted, refused.remaining), (false, 3));
        let budget = Budget { limit: LIMIT, verdict: refused, now_ms }.headers()[1].1.clone();
        assert_eq!((budget.to_str().unwrap(), refused.retry_after_seconds()), ("\"rename\";r=3;t=7", 7));
    }

    #[tokio::test]
    async fn a_refund_does_not_promise_more_than_the_limit() {
        let refund = calls(1, -3).await;
        assert_eq!(refund.remaining, 8);
        assert_eq!(texts(&refund)[1], "ratelimit: \"rename\";r=5;t=60");
    }

    #[tokio::test]
    async fn retry_after_is_at_least_a_second() {
        assert_eq!(calls(1, 1).await.retry_after_seconds(), 1);
        assert_eq!(calls(1, 6).await.wait_ms, None);
    }
}
