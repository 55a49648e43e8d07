//! The limiter in a real Redis: the strict rule, and every kind of outage. `limit_vectors.rs` has
//! the recorded answers.
//!
//! `GATEHOUSE_TEST_REDIS_URL` names a scratch Redis. Keys have a random prefix, so nothing else in
//! it changes. Tests that stop Redis start their own. Without Redis a test reports that it is
//! skipped, and fails if `GATEHOUSE_TEST_SERVICES` is `required`.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

#[path = "limit_redis/agreement.rs"]
mod agreement;
#[path = "limit_redis/blocked.rs"]
mod blocked;
#[path = "limit_common/free_port.rs"]
mod free_port;
mod limit_common;
#[path = "limit_redis/load_balancer.rs"]
mod load_balancer;
#[path = "limit_common/log.rs"]
mod log;
#[path = "limit_redis/outage.rs"]
mod outage;
#[path = "limit_common/own_redis.rs"]
mod own_redis;

use free_port::free_port;
use gatehouse::limit::{Limit, Limiter, LimiterDown, Verdict};
use gatehouse::random::Token;
use limit_common::{DEADLINE, ask, call, connect, redis_url};
use own_redis::OwnRedis;
use redis::aio::MultiplexedConnection;
use secrecy::SecretString;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The deadline, plus a margin for a busy machine.
const IN_TIME: Duration = Duration::from_millis(1200);
const NOW_MS: i64 = 1_800_000_000_000;
const TOGETHER: Limit<'_> = Limit { name: "together", requests: 20, window_ms: 3_600_000 };

fn limiter(url: &str) -> Limiter {
    Limiter::redis(&SecretString::from(url), DEADLINE).unwrap()
}

#[tokio::test]
async fn a_refusal_takes_no_budget_and_its_wait_is_exact() {
    let mut limiters = vec![Limiter::in_process(1000)];
    limiters.extend(redis_url().map(|url| limiter(&url)));
    for limiter in limiters {
        assert!(limiter.check().await.is_ok());
        let who = Token::random();
        let take = async |cost, now_ms| {
            limiter.take(Limit::per_minute("test", 10), call(who.as_str(), cost, now_ms)).await.unwrap()
        };
        assert!(take(8, 60_000).await.admitted);
        let refused = take(5, 60_001).await;
        assert_eq!((refused.admitted, refused.remaining), (false, 2));
        assert!(take(2, 60_002).await.admitted);
        let full = take(1, 60_003).await;
        assert_eq!((full.admitted, full.remaining, full.reset_ms), (false, 0, 120_000));
        let wait_ms = i64::try_from(full.wait_ms.unwrap()).unwrap();
        assert!(!take(1, 60_003 + wait_ms - 1).await.admitted && take(1, 60_003 + wait_ms).await.admitted);
        assert_eq!(take(11, 60_003 + wait_ms).await.wait_ms, None);
    }
}

#[tokio::test]
async fn concurrent_tasks_get_exactly_the_limit() {
    let Some(url) = redis_url() else { return };
    let (first, second, who) = (limiter(&url), limiter(&url), Token::random());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..50 {
        // Two limiters stand for two servers with one budget.
        let (limiter, who) = (if n % 2 == 0 { first.clone() } else { second.clone() }, who.clone());
        tasks.spawn(async move { limiter.take(TOGETHER, call(who.as_str(), 1, NOW_MS)).await.unwrap().admitted });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|admitted| *admitted).count(), 20);
}

/// Makes one call, which must end in time.
async fn take_in_time(limiter: &Limiter) -> Result<Verdict, LimiterDown> {
    let started = Instant::now();
    let answer = limiter.take(Limit::per_minute("outage", 1000), call("user_1", 1, NOW_MS)).await;
    assert!(started.elapsed() < IN_TIME, "{:?}", started.elapsed());
    answer
}

#[tokio::test]
async fn a_closed_port_is_an_outage_at_once() {
    let port = free_port();
    let limiter = limiter(&format!("redis://127.0.0.1:{port}/"));
    assert_eq!(take_in_time(&limiter).await, Err(LimiterDown));
    assert!(limiter.check().await.is_err());
}

#[tokio::test]
async fn a_silent_listener_is_an_outage_within_the_deadline() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let limiter = limiter(&format!("redis://{}/", silent.local_addr().unwrap()));
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((socket, _)) = silent.accept().await {
            held.push(socket);
        }
    });
    for _ in 0..2 {
        assert_eq!(take_in_time(&limiter).await, Err(LimiterDown));
    }
    assert!(limiter.check().await.is_err());
}

/// A listener that implements enough of the protocol to fail. After `pause` it answers the first
/// script call with `answer`, or closes the connection if `answer` is empty. Later calls get no
/// answer. It counts the script calls.
async fn fake_redis(pause: Duration, answer: &'static str) -> (String, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (url, calls) = (format!("redis://{}/", listener.local_addr().unwrap()), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&calls);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let counted = Arc::clone(&counted);
            tokio::spawn(async move {
                let mut bytes = [0; 4096];
                while let Ok(length @ 1..) = socket.read(&mut bytes).await {
                    let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                    if !text.contains("EVAL") {
                        // The client sends one or more commands when it connects.
                        socket.write_all("+OK\r\n".repeat(text.matches('*').count()).as_bytes()).await.unwrap();
                    } else if counted.fetch_add(1, Ordering::SeqCst) == 0 {
                        tokio::time::sleep(pause).await;
                        if answer.is_empty() {
                            return;
                        }
                        socket.write_all(answer.as_bytes()).await.unwrap();
                    }
                }
            });
        }
    });
    (url, calls)
}

#[tokio::test]
async fn a_call_whose_answer_was_lost_is_not_repeated() {
    let (url, calls) = fake_redis(Duration::ZERO, "").await;
    assert_eq!(take_in_time(&limiter(&url)).await, Err(LimiterDown));
    // This leaves time for a second call, which must not come.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_deadline_covers_all_round_trips() {
    let (url, calls) = fake_redis(Duration::from_millis(700), "-NOSCRIPT No matching script.\r\n").await;
    assert_eq!(take_in_time(&limiter(&url)).await, Err(LimiterDown));
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

fn signal(redis: &OwnRedis, name: &str) {
    let sent = std::process::Command::new("kill").args([name, &redis.child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[tokio::test]
async fn a_hanging_redis_is_an_outage_within_the_deadline_and_recovers() {
    let Some(redis) = OwnRedis::start(free_port()) else { return };
    let redis = redis.listening().await;
    let limiter = limiter(&redis.url);
    assert_eq!(take_in_time(&limiter).await.map(|verdict| verdict.remaining), Ok(999));
    signal(&redis, "-STOP");
    assert_eq!(take_in_time(&limiter).await, Err(LimiterDown));
    assert!(limiter.check().await.is_err());
    signal(&redis, "-CONT");
    // The call with the lost answer has counted at most once. It has not counted if the connection
    // was checked first and did not answer.
    let remaining = take_in_time(&limiter).await.map(|verdict| verdict.remaining).unwrap();
    assert!((997..=998).contains(&remaining), "{remaining}");
}

#[tokio::test]
async fn a_redis_that_starts_late_and_restarts_is_used_while_it_runs() {
    let port = free_port();
    let limiter = limiter(&format!("redis://127.0.0.1:{port}/"));
    assert_eq!(take_in_time(&limiter).await, Err(LimiterDown));

    let Some(redis) = OwnRedis::start(port) else { return };
    let redis = redis.listening().await;
    assert!(take_in_time(&limiter).await.is_ok(), "the first call after an outage must not pay for it");

    drop(redis);
    for _ in 0..3 {
        assert_eq!(take_in_time(&limiter).await, Err(LimiterDown));
    }

    let Some(redis) = OwnRedis::start(port) else { return };
    let _redis = redis.listening().await;
    assert!(take_in_time(&limiter).await.is_ok());
}

#[tokio::test]
async fn a_forgotten_script_is_loaded_again() {
    let Some(redis) = OwnRedis::start(free_port()) else { return };
    let redis = redis.listening().await;
    let (limiter, mut connection) = (limiter(&redis.url), connect(&redis.url).await);
    assert_eq!(take_in_time(&limiter).await.map(|verdict| verdict.remaining), Ok(999));
    let _: String = ask(&mut connection, &["SCRIPT", "FLUSH"]).await;
    assert_eq!(take_in_time(&limiter).await.map(|verdict| verdict.remaining), Ok(998));
    let loads: String = ask(&mut connection, &["INFO", "commandstats"]).await;
    assert!(!loads.contains("script|load"), "the text travels with EVAL");
}

#[tokio::test]
async fn an_error_of_redis_is_an_outage_and_not_a_refusal() {
    let Some(url) = redis_url() else { return };
    let (limiter, mut connection, who) = (limiter(&url), connect(&url).await, Token::random());
    let key = format!("wrong:{}:{}", who.as_str(), NOW_MS / 60_000);
    let _: i64 = ask(&mut connection, &["LPUSH", &key, "not a counter"]).await;
    let _: i64 = ask(&mut connection, &["PEXPIRE", &key, "60000"]).await;
    // A list is no counter, so Redis answers with an error.
    assert_eq!(limiter.take(Limit::per_minute("wrong", 5), call(who.as_str(), 1, NOW_MS)).await, Err(LimiterDown));
    assert!(limiter.check().await.is_ok());
}

/// Waits until this connection is the only client of the Redis.
async fn until_alone(connection: &mut MultiplexedConnection) {
    let started = Instant::now();
    loop {
        let clients: String = ask(connection, &["CLIENT", "LIST"]).await;
        // A call trusts a connection that answered within the last milliseconds; only time ends
        // that.
        if clients.lines().count() == 1 && started.elapsed() > Duration::from_millis(20) {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "{clients}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn an_idle_connection_that_redis_closes_is_no_outage() {
    let Some(redis) = OwnRedis::start(free_port()) else { return };
    let redis = redis.listening().await;
    let (limiter, mut connection) = (limiter(&redis.url), connect(&redis.url).await);
    let _: String = ask(&mut connection, &["CONFIG", "SET", "timeout", "1"]).await;
    for expected in (997..=999).rev() {
        assert_eq!(take_in_time(&limiter).await.map(|verdict| verdict.remaining), Ok(expected));
        until_alone(&mut connection).await;
        assert!(limiter.check().await.is_ok(), "readiness connects again too");
        until_alone(&mut connection).await;
    }
}

#[tokio::test]
async fn a_killed_connection_is_replaced_before_a_script_is_sent() {
    let Some(redis) = OwnRedis::start(free_port()) else { return };
    let redis = redis.listening().await;
    let (limiter, mut connection) = (limiter(&redis.url), connect(&redis.url).await);
    for expected in (995..=999).rev() {
        assert_eq!(take_in_time(&limiter).await.map(|verdict| verdict.remaining), Ok(expected));
        let killed: i64 = ask(&mut connection, &["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]).await;
        assert_eq!(killed, 1);
        until_alone(&mut connection).await;
    }
}

#[tokio::test]
async fn a_restarted_redis_gets_the_script_again_without_an_outage() {
    let port = free_port();
    let Some(redis) = OwnRedis::start(port) else { return };
    let redis = redis.listening().await;
    let limiter = limiter(&redis.url);
    assert_eq!(take_in_time(&limiter).await.map(|verdict| verdict.remaining), Ok(999));
    drop(redis);
    let Some(redis) = OwnRedis::start(port) else { return };
    let _redis = redis.listening().await;
    assert_eq!(take_in_time(&limiter).await.map(|verdict| verdict.remaining), Ok(999));
    assert!(limiter.check().await.is_ok());
}
