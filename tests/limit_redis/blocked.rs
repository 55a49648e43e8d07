//! An identifier that is known to be blocked is refused without Redis, with the answer that Redis
//! would give.

use super::{NOW_MS, OwnRedis, ask, call, connect, free_port, limiter, redis_url};
use gatehouse::limit::{Limit, Limiter, Mode, Verdict};
use gatehouse::random::Token;
use redis::aio::MultiplexedConnection;

/// The number of commands that this Redis has run, without those that read the number.
async fn commands(connection: &mut MultiplexedConnection) -> u64 {
    let stats: String = ask(connection, &["INFO", "commandstats"]).await;
    let calls = |line: &str| -> Option<u64> {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        (name != "info").then(|| rest.split(',').next().unwrap().parse().unwrap())
    };
    stats.lines().filter_map(calls).sum()
}

async fn take(limiter: &Limiter, who: &str, cost: i64, now_ms: i64) -> Verdict {
    limiter.take(Limit::per_minute("blocked", 5), call(who, cost, now_ms)).await.unwrap()
}

#[tokio::test]
async fn a_blocked_identifier_needs_no_round_trip_until_its_block_ends() {
    let Some(redis) = OwnRedis::start(free_port()) else { return };
    let redis = redis.listening().await;
    let mut connection = connect(&redis.url).await;
    // Two servers with the cache, and a limiter without one that gets the same calls.
    let (server, other, plain) = (limiter(&redis.url), limiter(&redis.url), Limiter::in_process(1000));
    for _ in 0..5 {
        assert!(take(&server, "user_1", 1, NOW_MS).await.admitted);
        assert!(take(&plain, "user_1", 1, NOW_MS).await.admitted);
    }
    let refused = take(&other, "user_1", 1, NOW_MS).await;
    let wait_ms = i64::try_from(refused.wait_ms.unwrap()).unwrap();
    for after_ms in (0..wait_ms).step_by(997).chain([59_999, 60_000, wait_ms - 1]) {
        let expected = take(&plain, "user_1", 1, NOW_MS + after_ms).await;
        let (dear, worked) = (take(&plain, "user_1", 7, NOW_MS + after_ms).await, commands(&mut connection).await);
        for limiter in [&server, &other] {
            assert_eq!(take(limiter, "user_1", 1, NOW_MS + after_ms).await, expected, "{after_ms}");
            assert_eq!(take(limiter, "user_1", 7, NOW_MS + after_ms).await, dear, "{after_ms}");
        }
        assert_eq!(commands(&mut connection).await, worked, "{after_ms}");
    }
    // Other identifiers and longer windows still ask Redis.
    let worked = commands(&mut connection).await;
    assert!(take(&server, "user_2", 1, NOW_MS).await.admitted);
    let longer = Limit { name: "blocked", requests: 5, window_ms: 90_000 };
    assert!(server.take(longer, call("user_1", 1, NOW_MS)).await.unwrap().admitted);
    assert!(commands(&mut connection).await > worked + 2);
    assert!(take(&other, "user_1", 1, NOW_MS + wait_ms).await.admitted);
    assert!(!take(&server, "user_1", 1, NOW_MS + wait_ms).await.admitted);
}

#[tokio::test]
async fn in_parity_mode_a_refund_of_another_service_takes_effect_at_once() {
    let Some(url) = redis_url() else { return };
    let (parity, service, who) = (limiter(&url).with_mode(Mode::Parity), limiter(&url), Token::random());
    let take = async |limiter: &Limiter, cost| take(limiter, who.as_str(), cost, NOW_MS).await.admitted;
    for _ in 0..5 {
        assert!(take(&parity, 1).await);
    }
    assert!(!take(&parity, 1).await && take(&service, -1).await);
    assert!(take(&parity, 1).await && !take(&parity, 1).await);
}

#[tokio::test]
async fn a_larger_limit_on_the_same_counter_is_not_blocked_by_a_smaller_one() {
    let Some(url) = redis_url() else { return };
    let (limiter, who) = (limiter(&url), Token::random());
    let take = async |limit| {
        limiter.take(Limit::per_minute("grown", limit), call(who.as_str(), 1, NOW_MS)).await.unwrap().admitted
    };
    assert!(take(1).await && !take(1).await && take(2).await && !take(2).await && !take(1).await && take(3).await);
}

#[tokio::test]
async fn the_memory_of_blocked_identifiers_changes_no_answer() {
    let Some(url) = redis_url() else { return };
    for seed in 1..=4_u64 {
        let (remembering, plain) = (limiter(&url), Limiter::in_process(1000));
        let second = limiter(&url);
        let who = Token::random();
        let (mut random, mut now_ms) = (seed, NOW_MS);
        for n in 0..300 {
            // A linear congruential generator makes every run the same.
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let draw = |shift: u32, below: u64| i64::try_from((random >> shift) % below).unwrap();
            // A single server also refunds, and its clock is set back a little.
            let alone = seed % 2 == 0;
            now_ms += draw(33, 900) - if alone { 100 } else { 0 };
            let cost = if alone { draw(43, 9) - 2 } else { draw(43, 6) };
            let server = if alone || draw(53, 2) == 0 { &remembering } else { &second };
            let (limit, call) =
                (Limit { name: "walk", requests: 7, window_ms: 5000 }, call(who.as_str(), cost, now_ms));
            let (taken, expected) = (server.take(limit, call).await.unwrap(), plain.take(limit, call).await.unwrap());
            assert_eq!(taken, expected, "seed {seed}, call {n}, cost {cost}");
        }
    }
}
