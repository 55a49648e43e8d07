//! Recorded answers of `@upstash/ratelimit` against the sliding window, in this process and in Redis. The folder is named by
//! `GATEHOUSE_VECTORS`, the Redis (a scratch one: it is emptied) by `GATEHOUSE_TEST_REDIS_URL`.
//!
//! Left out by rule, because the design has no such thing: the block cache, dynamic limits, fixed windows, token buckets, window texts, and asking what remains
//! without taking. Parity mode counts refused calls as that library does.
#![cfg(feature = "server")]

use gatehouse::limit::window::{Mode, Window};
use gatehouse::limit::{Limiter, LimiterDown};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[expect(clippy::disallowed_methods, reason = "where vectors and services of the tests are")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn vectors() -> Value {
    let folder = environment("GATEHOUSE_VECTORS").map_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors").into(), PathBuf::from);
    let file = folder.join("ratelimit/sliding-window.json");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap()
}

fn redis_url() -> Option<SecretString> {
    let url = environment("GATEHOUSE_TEST_REDIS_URL");
    if url.is_none() {
        assert!(environment("GATEHOUSE_TEST_SERVICES").as_deref() != Some("required"), "GATEHOUSE_TEST_REDIS_URL is not set");
        println!("Redis is skipped: GATEHOUSE_TEST_REDIS_URL is not set");
    }
    url.map(Into::into)
}

async fn replay(limiter: &Limiter, sequence: &Value, identifier: impl Fn(&str) -> String) {
    let prefix = sequence["prefix"].as_str().unwrap();
    for step in sequence["steps"].as_array().unwrap().iter().filter(|step| step["op"] == "limit") {
        let number = |name: &str| step[name].as_u64().unwrap();
        let (now_ms, cost) = (step["now_ms"].as_i64().unwrap(), step["rate"].as_i64().unwrap_or(1));
        let who = identifier(step["identifier"].as_str().unwrap());
        let verdict = limiter.take_in_mode(Mode::Parity, prefix, &who, number("tokens"), number("window_ms"), cost, now_ms).await.unwrap();
        let answer = json!({ "success": verdict.admitted, "limit": verdict.limit, "remaining": verdict.remaining, "reset": verdict.reset_ms });
        let recorded = json!({ "success": step["success"], "limit": step["limit"], "remaining": step["remaining"], "reset": step["reset"] });
        assert_eq!(answer, recorded, "{}: {step}", sequence["name"]);
    }
}

/// Fractional limits and costs are no numbers of ours.
fn is_whole(sequence: &Value) -> bool {
    let steps = sequence["steps"].as_array().unwrap();
    steps.iter().all(|step| step["tokens"].is_u64() && (step["rate"].is_i64() || step["rate"].is_null()) && step["success"].is_boolean() | (step["op"] != "limit"))
}

fn sequences(file: &Value) -> impl Iterator<Item = &Value> {
    file["sliding_window"].as_array().filter(|list| !list.is_empty()).unwrap().iter().filter(|sequence| is_whole(sequence))
}

#[tokio::test]
async fn recorded_sequences_in_this_process() {
    let file = vectors();
    assert!(sequences(&file).count() > 0);
    for sequence in sequences(&file) {
        replay(&Limiter::in_process(1000), sequence, str::to_owned).await;
    }
}

#[tokio::test]
async fn recorded_sequences_in_redis_with_their_keys() {
    let (Some(url), file) = (redis_url(), vectors()) else { return };
    use secrecy::ExposeSecret;
    let client = redis::Client::open(url.expose_secret()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let limiter = Limiter::redis(&url, Duration::from_secs(1)).unwrap();
    for (run, sequence) in sequences(&file).enumerate() {
        // Each sequence counts under names of its own, so other tests may use the same Redis. The recorded clock is not Redis's, and expiry is relative.
        let own = |identifier: &str| format!("{identifier}#{run}");
        replay(&limiter, sequence, own).await;
        let Some(last) = sequence["steps"].as_array().and_then(|steps| steps.last()) else { continue };
        for (key, value) in last["keys"].as_object().into_iter().flatten() {
            let (name, window) = key.rsplit_once(':').unwrap();
            let found: Option<String> = redis::cmd("GET").arg(format!("{}:{window}", own(name))).query_async(&mut connection).await.unwrap();
            if let Some(found) = found {
                assert_eq!(json!(found), *value, "{}: {key}", sequence["name"]);
            }
            let left: i64 = redis::cmd("PTTL").arg(format!("{}:{window}", own(name))).query_async(&mut connection).await.unwrap();
            assert!(left != -1, "{key} never expires");
        }
    }
}

#[test]
fn recorded_weights() {
    for case in vectors()["weights"].as_array().filter(|list| !list.is_empty()).unwrap() {
        let window = Window { limit: 1, length_ms: case["window_ms"].as_u64().unwrap() };
        let weighted = window.weighted(case["previous"].as_i64().unwrap(), case["now_ms"].as_i64().unwrap());
        assert_eq!(json!(weighted), case["weighted"], "{case}");
    }
}

#[tokio::test]
async fn strict_refusals_cost_nothing_on_both() {
    let mut limiters = vec![Limiter::in_process(1000)];
    limiters.extend(redis_url().map(|url| Limiter::redis(&url, Duration::from_secs(1)).unwrap()));
    for limiter in limiters {
        assert!(limiter.ready().await);
        let who = format!("strict-{}", gatehouse::clock::now_ms());
        let take = async |cost, now_ms| limiter.take("test", &who, 10, 60_000, cost, now_ms).await.unwrap();
        assert!(take(8, 60_000).await.admitted);
        let refused = take(5, 60_001).await;
        assert_eq!((refused.admitted, refused.remaining), (false, 2));
        assert!(take(2, 60_002).await.admitted);
        let full = take(1, 60_003).await;
        assert_eq!((full.admitted, full.remaining, full.reset_ms), (false, 0, 120_000));
        let wait = i64::try_from(full.wait_ms.unwrap()).unwrap();
        assert!(!take(1, 60_003 + wait - 1).await.admitted && take(1, 60_003 + wait).await.admitted);
        assert_eq!(take(11, 60_003 + wait).await.wait_ms, None);
    }
}

#[tokio::test]
async fn tasks_together_get_exactly_the_limit_from_redis() {
    let Some(url) = redis_url() else { return };
    let limiter = Limiter::redis(&url, Duration::from_secs(1)).unwrap();
    let now_ms = gatehouse::clock::now_ms();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let limiter = limiter.clone();
            tokio::spawn(async move { limiter.take("together", &now_ms.to_string(), 20, 3_600_000, 1, now_ms).await.unwrap().admitted })
        })
        .collect();
    let mut admitted = 0;
    for task in tasks {
        admitted += usize::from(task.await.unwrap());
    }
    assert_eq!(admitted, 20);
}

#[tokio::test]
async fn a_redis_that_is_gone_or_silent_is_down_within_the_deadline() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((socket, _)) = silent.accept().await {
            held.push(socket);
        }
    });
    for url in ["redis://127.0.0.1:9/".to_owned(), format!("redis://{address}/")] {
        let limiter = Limiter::redis(&url.as_str().into(), Duration::from_secs(1)).unwrap();
        let started = Instant::now();
        assert_eq!(limiter.take("test", "user_1", 5, 60_000, 1, 0).await, Err(LimiterDown), "{url}");
        assert!(started.elapsed() < Duration::from_millis(1300), "{url}: {:?}", started.elapsed());
        assert!(!limiter.ready().await);
    }
}
