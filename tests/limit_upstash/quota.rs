//! An exhausted quota of Upstash: an outage until the reset, with a pause of all requests.

use super::log::Log;
use super::{NOW_MS, answered, call, limiter, redis_url, stand_in, take};
use gatehouse::limit::{Limit, LimiterDown};
use gatehouse::random::Token;
use local_upstash::{Canned, Faults};
use std::time::{Duration, Instant};

/// The quota is exhausted, and resets after one second.
const SHORT_QUOTA: Canned = Canned { headers: &[("retry-after", "1")], ..Canned::QUOTA };

#[tokio::test]
async fn after_an_exhausted_quota_upstash_is_not_asked_until_the_reset() {
    let Some(url) = redis_url() else { return };
    let upstash = stand_in(&url, 0).await;
    let (limiter, who) = (limiter(&upstash.url()), Token::random());
    upstash.set_faults(answered(SHORT_QUOTA));
    assert_eq!(take(&limiter, who.as_str()).await, Err(LimiterDown));
    let started = Instant::now();
    upstash.set_faults(Faults::default());
    let _ = upstash.take_requests();
    while started.elapsed() < Duration::from_millis(700) {
        assert_eq!(take(&limiter, who.as_str()).await, Err(LimiterDown));
        assert!(limiter.check().await.unwrap_err().contains("quota"));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(upstash.take_requests().is_empty());
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(take(&limiter, who.as_str()).await.is_ok());
}

#[tokio::test]
async fn a_used_up_quota_moves_limits_into_the_process_and_is_reported_once() {
    let Some(url) = redis_url() else { return };
    let (upstash, log) = (stand_in(&url, 0).await, Log::default());
    let (limiter, who) = (limiter(&upstash.url()), Token::random());
    let take = async || limiter.take_or_local(Limit::per_minute("quota", 3), call(who.as_str(), 1, NOW_MS)).await;
    assert_eq!(take().await.remaining, 2);
    let _listening = log.listen();
    upstash.set_faults(answered(SHORT_QUOTA));
    let mut admitted = Vec::new();
    for _ in 0..5 {
        admitted.push(take().await.admitted);
    }
    assert_eq!(admitted, [true, true, true, false, false]);
    upstash.set_faults(Faults::default());
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(take().await.remaining, 1);
    let said = log.take();
    let lines: Vec<_> = said.lines().filter(|line| line.contains("rate limit store is")).collect();
    assert!(lines.len() == 2 && lines[0].contains("reset: 1") && lines[1].contains("is available again"), "{lines:?}");
}
