//! Limits that count in this process during an outage of Redis, and how the outage is reported.

use super::log::Log;
use super::{NOW_MS, OwnRedis, ask, call, connect, free_port, limiter, load_balancer::idle, signal};
use gatehouse::limit::{Limit, Limiter, LimiterDown, Verdict};
use std::sync::Mutex;

static TOLD: Mutex<Vec<bool>> = Mutex::new(Vec::new());

async fn take(limiter: &Limiter, name: &str, limit: u64) -> Verdict {
    limiter.take_or_local(Limit { name, requests: limit, window_ms: 60_000 }, call("user_1", 1, NOW_MS)).await
}

fn told() -> Vec<bool> {
    TOLD.lock().unwrap().clone()
}

#[tokio::test]
async fn during_a_redis_outage_limits_count_in_process_and_it_is_reported_once() {
    let port = free_port();
    let Some(redis) = OwnRedis::start(port) else { return };
    let redis = redis.listening().await;
    let limiter = limiter(&redis.url).with_outage_listener(|away| TOLD.lock().unwrap().push(away));
    assert_eq!(told(), [false]);
    let log = Log::default();
    let _listening = log.listen();
    assert_eq!([take(&limiter, "small", 3).await.remaining, take(&limiter, "small", 3).await.remaining], [2, 1]);
    assert_eq!(log.take().matches("rate limit store").count(), 0);

    drop(redis);
    // Each limit has its own budget in this process, of the declared size, and answers like a
    // limiter in this process.
    let own = Limiter::in_process(10);
    for _ in 0..5 {
        for (name, limit) in [("small", 3), ("large", 4)] {
            let expected =
                own.take(Limit { name, requests: limit, window_ms: 60_000 }, call("user_1", 1, NOW_MS)).await.unwrap();
            assert_eq!(take(&limiter, name, limit).await, expected, "{name}");
        }
    }
    // A limit that refuses during the outage still reports it, also for an identifier that the
    // process has refused.
    assert_eq!(limiter.take(Limit::per_minute("small", 3), call("user_1", 1, NOW_MS)).await, Err(LimiterDown));
    let said = log.take();
    assert_eq!(
        (said.matches("rate limit store is unavailable").count(), said.matches(" ERROR ").count()),
        (1, 1),
        "{said}"
    );
    assert_eq!(told(), [false, true]);

    let Some(redis) = OwnRedis::start(port) else { return };
    let redis = redis.listening().await;
    let mut connection = connect(&redis.url).await;
    // Calls that this process counted do not count in Redis.
    assert_eq!((take(&limiter, "small", 3).await.remaining, take(&limiter, "large", 4).await.remaining), (2, 3));
    assert_eq!(ask::<i64>(&mut connection, &["DBSIZE"]).await, 2);
    assert_eq!(log.take().matches("rate limit store is available again").count(), 1);
    assert_eq!(told(), [false, true, false]);

    // A second outage within the window does not give the budget again.
    idle().await;
    signal(&redis, "-STOP");
    assert!(!take(&limiter, "small", 3).await.admitted && !take(&limiter, "large", 4).await.admitted);
    signal(&redis, "-CONT");
    assert_eq!((take(&limiter, "small", 3).await.remaining, take(&limiter, "large", 4).await.remaining), (1, 2));
    let said = log.take();
    assert_eq!(
        (said.matches("limit store is unavailable").count(), said.matches("limit store is available again").count()),
        (1, 1)
    );
    assert_eq!(told(), [false, true, false, true, false]);
}
