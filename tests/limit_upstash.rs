//! The limiter at Upstash over HTTP. A stand-in serves Upstash's interface in front of a real Redis
//! and simulates failures.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

#[path = "limit_upstash/cost.rs"]
mod cost;
#[path = "limit_common/free_port.rs"]
mod free_port;
mod limit_common;
#[path = "limit_common/log.rs"]
mod log;
#[path = "limit_common/own_redis.rs"]
mod own_redis;
#[path = "limit_upstash/quota.rs"]
mod quota;

use free_port::free_port;
use gatehouse::limit::{Limit, Limiter, LimiterDown, Verdict};
use gatehouse::random::Token;
use limit_common::{DEADLINE, ask, call, connect, redis_url};
use local_upstash::{Canned, Cut, Faults, LocalUpstash};
use log::Log;
use own_redis::OwnRedis;
use std::time::{Duration, Instant};

const TOKEN: &str = "AX_opensesame-opensesame==";
/// The deadline, plus a margin for a busy machine.
const IN_TIME: Duration = Duration::from_millis(1200);
const NOW_MS: i64 = 1_800_000_000_000;
const TOGETHER: Limit<'_> = Limit { name: "together", requests: 20, window_ms: 3_600_000 };

async fn stand_in(redis_url: &str, port: u16) -> LocalUpstash {
    local_upstash::start(redis_url, TOKEN, ([127, 0, 0, 1], port).into()).await.unwrap()
}

fn limiter(url: &str) -> Limiter {
    Limiter::upstash(url.parse().unwrap(), TOKEN.into(), DEADLINE).unwrap()
}

/// Makes one call under its own key, which must end in time.
async fn take(limiter: &Limiter, who: &str) -> Result<Verdict, LimiterDown> {
    let started = Instant::now();
    let answer = limiter.take(Limit::per_minute("upstash", 1000), call(who, 1, NOW_MS)).await;
    assert!(started.elapsed() < IN_TIME, "{:?}", started.elapsed());
    answer
}

#[tokio::test]
async fn a_decision_is_one_request_on_a_shared_connection() {
    let Some(redis) = OwnRedis::start(free_port()) else { return };
    let redis = redis.listening().await;
    let (upstash, mut connection) = (stand_in(&redis.url, 0).await, connect(&redis.url).await);
    let limiter = limiter(&upstash.url());
    take(&limiter, "user_1").await.unwrap();
    assert_eq!(upstash.take_requests(), ["EVALSHA", "EVAL"], "the text travels once");
    for left in (980..999).rev() {
        assert_eq!(take(&limiter, "user_1").await.unwrap().remaining, left);
    }
    assert!(limiter.check().await.is_ok());
    let mut expected = vec!["EVALSHA"; 19];
    expected.push("PING");
    assert_eq!(upstash.take_requests(), expected);
    assert_eq!(upstash.connections(), 1);

    let _: String = ask(&mut connection, &["SCRIPT", "FLUSH"]).await;
    assert_eq!(take(&limiter, "user_1").await.unwrap().remaining, 979);
    assert_eq!(upstash.take_requests(), ["EVALSHA", "EVAL"]);
}

#[tokio::test]
async fn upstash_and_in_process_limits_agree_on_every_call() {
    let Some(url) = redis_url() else { return };
    let upstash = stand_in(&url, 0).await;
    let (shared, own, who) = (limiter(&upstash.url()), Limiter::in_process(1000), Token::random());
    let (limit, mut now_ms) = (Limit { name: "walk", requests: 9, window_ms: 5000 }, NOW_MS);
    for n in 0_i64..300 {
        // A fixed sequence of costs, refunds and pauses.
        now_ms += n * 7919 % 701;
        let call = call(who.as_str(), n * 31 % 7 - 2, now_ms);
        assert_eq!(shared.take(limit, call).await, own.take(limit, call).await, "call {n}");
    }
    for (requests, window_ms) in [(0, 60_000), (1, 0), (u64::MAX, u64::MAX)] {
        let (limit, call) = (Limit { name: "range", requests, window_ms }, call(who.as_str(), 1, NOW_MS));
        assert_eq!(shared.take(limit, call).await, own.take(limit, call).await, "{requests} in {window_ms} ms");
    }
}

#[tokio::test]
async fn upstash_and_its_redis_share_one_budget() {
    let Some(url) = redis_url() else { return };
    let upstash = stand_in(&url, 0).await;
    let limiters = [limiter(&upstash.url()), Limiter::redis(&url.into(), DEADLINE).unwrap()];
    let who = Token::random();
    let mut tasks = tokio::task::JoinSet::new();
    for limiter in limiters.iter().cycle().take(50) {
        let (limiter, who) = (limiter.clone(), who.clone());
        tasks.spawn(async move { limiter.take(TOGETHER, call(who.as_str(), 1, NOW_MS)).await.unwrap().admitted });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|admitted| *admitted).count(), 20);
}

fn answered(answer: Canned) -> Faults {
    Faults { answer: Some(answer), ..Faults::default() }
}

#[tokio::test]
async fn each_failure_is_an_outage_with_its_own_message_and_ends_with_its_cause() {
    let Some(url) = redis_url() else { return };
    let (upstash, log) = (stand_in(&url, 0).await, Log::default());
    let who = Token::random();
    let _listening = log.listen();
    let cut = |cut| Faults { cut: Some(cut), ..Faults::default() };
    let endless = Canned { body: "x".repeat(1_000_000).leak(), ..Canned::PAGE };
    let echo =
        Canned { status: 400, headers: &[], body: r#"{"error":"ERR bad header: Bearer AX_opensesame-opensesame=="}"# };
    for (faults, words) in [
        (answered(Canned::QUOTA), "reset: 30"),
        (answered(Canned::FAILURE), "503"),
        (answered(Canned::PAGE), "not JSON but text/html"),
        (answered(endless), "not JSON but text/html"),
        (answered(echo), "Bearer [token]"),
        (cut(Cut::Connection), "connection ended"),
        (cut(Cut::Json), "ends in the middle"),
        (Faults { slow: DEADLINE * 2, ..Faults::default() }, "did not answer in time"),
    ] {
        let limiter = limiter(&upstash.url());
        take(&limiter, who.as_str()).await.unwrap();
        upstash.set_faults(faults);
        log.take();
        assert_eq!(take(&limiter, who.as_str()).await, Err(LimiterDown), "{words}");
        let said = log.take();
        assert!(said.contains("Upstash cannot count") && said.contains(words), "{words}: {said}");
        assert!(limiter.check().await.is_err(), "{words}");
        assert!(!said.contains("opensesame"), "{said}");
        upstash.set_faults(Faults::default());
        // An exhausted quota ends with its reset.
        assert!(words.contains("reset") || take(&limiter, who.as_str()).await.is_ok(), "{words}");
    }
}

#[tokio::test]
async fn a_flood_of_readiness_checks_costs_one_request() {
    let Some(url) = redis_url() else { return };
    let upstash = stand_in(&url, 0).await;
    let limiter = limiter(&upstash.url());
    let asked = futures_util::future::join_all((0..200).map(|_| limiter.ready())).await;
    assert!(asked.into_iter().all(|is_ready| is_ready));
    assert_eq!(upstash.take_requests(), ["PING"]);
}

#[tokio::test]
async fn a_wrong_token_is_an_outage_that_names_the_variable_and_not_the_token() {
    let Some(url) = redis_url() else { return };
    let (upstash, log) = (stand_in(&url, 0).await, Log::default());
    let _listening = log.listen();
    let limiter = Limiter::upstash(upstash.url().parse().unwrap(), "hunter2".into(), DEADLINE).unwrap();
    assert_eq!(take(&limiter, "user_1").await, Err(LimiterDown));
    assert!(limiter.check().await.is_err());
    let said = format!("{} {} {limiter:?}", log.take(), limiter.check().await.unwrap_err());
    assert!(said.contains("WRONGPASS") && said.contains("UPSTASH_REDIS_REST_TOKEN"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    assert!(upstash.take_requests().is_empty());
}

#[tokio::test]
async fn a_request_that_may_have_counted_is_not_repeated() {
    let Some(url) = redis_url() else { return };
    let (upstash, mut connection) = (stand_in(&url, 0).await, connect(&url).await);
    let limiter = limiter(&upstash.url());
    for faults in [
        Faults { cut: Some(Cut::Connection), ..Faults::default() },
        Faults { cut: Some(Cut::Json), ..Faults::default() },
        Faults { slow: DEADLINE * 2, ..Faults::default() },
    ] {
        // A connection that was used before, because clients retry on such connections.
        take(&limiter, Token::random().as_str()).await.unwrap();
        upstash.set_faults(faults);
        let (who, _) = (Token::random(), upstash.take_requests());
        assert_eq!(take(&limiter, who.as_str()).await, Err(LimiterDown));
        upstash.set_faults(Faults::default());
        assert_eq!(take(&limiter, who.as_str()).await.unwrap().remaining, 998);
        assert_eq!(upstash.take_requests(), ["EVALSHA", "EVALSHA"]);
        let counted: String =
            ask(&mut connection, &["GET", &format!("upstash:{}:{}", who.as_str(), NOW_MS / 60_000)]).await;
        assert_eq!(counted, "2");
    }
}

#[tokio::test]
async fn the_deadline_covers_both_requests() {
    let Some(redis) = OwnRedis::start(free_port()) else { return };
    let redis = redis.listening().await;
    let upstash = stand_in(&redis.url, 0).await;
    upstash.set_faults(Faults { slow: DEADLINE * 7 / 10, ..Faults::default() });
    assert_eq!(take(&limiter(&upstash.url()), "user_1").await, Err(LimiterDown));
    assert_eq!(upstash.take_requests(), ["EVALSHA", "EVAL"]);
}

#[tokio::test]
async fn a_service_that_starts_late_is_used_once_it_runs() {
    let Some(url) = redis_url() else { return };
    let (port, log) = (free_port(), Log::default());
    let (limiter, listening) = (limiter(&format!("http://127.0.0.1:{port}")), log.listen());
    assert_eq!(take(&limiter, "user_1").await, Err(LimiterDown));
    assert!(limiter.check().await.is_err());
    assert!(log.take().contains("cannot be reached"));
    drop(listening);
    let _upstash = stand_in(&url, port).await;
    assert!(
        take(&limiter, Token::random().as_str()).await.is_ok(),
        "the first call after an outage must not pay for it"
    );
}

#[tokio::test]
async fn an_idle_connection_that_was_closed_is_no_outage() {
    let Some(url) = redis_url() else { return };
    let upstash = stand_in(&url, 0).await;
    let (limiter, who) = (limiter(&upstash.url()), Token::random());
    for round in 1..=5 {
        assert_eq!(take(&limiter, who.as_str()).await.unwrap().remaining, 1000 - round);
        upstash.close_connections().await;
    }
    assert_eq!(upstash.connections(), 5);
}

#[tokio::test]
async fn an_error_of_redis_is_an_outage_and_not_a_refusal() {
    let Some(url) = redis_url() else { return };
    let (upstash, mut connection, who) = (stand_in(&url, 0).await, connect(&url).await, Token::random());
    let (limiter, log) = (limiter(&upstash.url()), Log::default());
    let key = format!("upstash:{}:{}", who.as_str(), NOW_MS / 60_000);
    let _: i64 = ask(&mut connection, &["LPUSH", &key, "not a counter"]).await;
    let _: i64 = ask(&mut connection, &["PEXPIRE", &key, "60000"]).await;
    let _listening = log.listen();
    assert_eq!(take(&limiter, who.as_str()).await, Err(LimiterDown));
    assert!(log.take().contains("WRONGTYPE"));
    assert!(limiter.check().await.is_ok());
}

#[tokio::test]
async fn a_blocked_identifier_needs_no_request_until_its_block_ends() {
    let Some(url) = redis_url() else { return };
    let upstash = stand_in(&url, 0).await;
    let (limiter, who) = (limiter(&upstash.url()), Token::random());
    let take = async |after_ms| {
        limiter
            .take(Limit::per_minute("blocked", 5), call(who.as_str(), 1, NOW_MS + after_ms))
            .await
            .unwrap()
            .wait_ms
            .unwrap()
    };
    for _ in 0..5 {
        take(0).await;
    }
    assert!(upstash.take_requests().len() >= 5, "the text of the script may travel too");
    let wait_ms = i64::try_from(take(0).await).unwrap();
    for after_ms in (0..wait_ms).step_by(997).chain([wait_ms - 1]) {
        assert_eq!(i64::try_from(take(after_ms).await).unwrap(), wait_ms - after_ms);
    }
    assert!(upstash.take_requests().is_empty());
    take(wait_ms).await;
    assert_eq!(upstash.take_requests(), ["EVALSHA"]);
}
