//! Redis and this process decide alike, in both modes and for limits out of range.

use super::{NOW_MS, call, limiter, redis_url};
use gatehouse::limit::{Limit, Limiter, Mode};
use gatehouse::random::Token;

#[tokio::test]
async fn redis_and_in_process_limits_agree_on_every_call() {
    let Some(url) = redis_url() else { return };
    for mode in [Mode::Strict, Mode::Parity] {
        let (shared, own) = (limiter(&url).with_mode(mode), Limiter::in_process(1000).with_mode(mode));
        let (who, limit) = (Token::random(), Limit { name: "walk", requests: 9, window_ms: 5000 });
        let mut now_ms = NOW_MS;
        for n in 0_i64..300 {
            // A fixed sequence of costs, refunds and pauses.
            now_ms += n * 7919 % 701;
            let call = call(who.as_str(), n * 31 % 7 - 2, now_ms);
            assert_eq!(shared.take(limit, call).await, own.take(limit, call).await, "{mode:?}, call {n}");
        }
    }
}

#[tokio::test]
async fn redis_and_in_process_limits_agree_on_limits_and_windows_out_of_range() {
    let Some(url) = redis_url() else { return };
    for (requests, window_ms) in [(0, 60_000), (1, 0), (0, 0), (u64::MAX, 60_000), (2, u64::MAX), (u64::MAX, u64::MAX)]
    {
        let (shared, own, who) = (limiter(&url), Limiter::in_process(1000), Token::random());
        for n in 0..4 {
            let (limit, call) = (Limit { name: "range", requests, window_ms }, call(who.as_str(), 1, NOW_MS + n / 2));
            let here = own.take(limit, call).await;
            assert!(here.is_ok_and(|verdict| !verdict.admitted || requests > 0));
            assert_eq!(shared.take(limit, call).await, here, "{requests} in {window_ms} ms, call {n}");
        }
    }
}
