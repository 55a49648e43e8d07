//! Compares recorded answers of `@upstash/ratelimit` with the sliding window in each store: this
//! process, Redis, and Upstash's interface in front of that Redis. Parity mode counts refused calls
//! as that library does. `GATEHOUSE_VECTORS` names the folder.
//!
//! The design has no dynamic limits, fixed windows, token buckets or textual windows, so their
//! recordings are left out. The library's block cache is left out too: it refuses until the window
//! ends, and ours until the block ends.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod limit_common;

use gatehouse::limit::window::{Counters, Window};
use gatehouse::limit::{Limit, Limiter, Mode, Verdict};
use gatehouse::random::Token;
use limit_common::{DEADLINE, ask, call, connect, environment, redis_url};
use redis::aio::MultiplexedConnection;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

#[tokio::test]
async fn in_process_answers_match_the_recording() {
    let file = vectors();
    for sequence in sequences(&file) {
        let limiter = Limiter::in_process(1000).with_mode(Mode::Parity);
        for recorded in steps(sequence) {
            assert_step(&limiter, sequence["prefix"].as_str().unwrap(), recorded).await;
        }
    }
}

#[tokio::test]
async fn answers_and_keys_in_redis_match_the_recording() {
    let Some(url) = redis_url() else { return };
    replay(&Limiter::redis(&url.as_str().into(), DEADLINE).unwrap().with_mode(Mode::Parity), &url).await;
}

#[tokio::test]
async fn answers_and_keys_at_upstash_match_the_recording() {
    let Some(url) = redis_url() else { return };
    let upstash = local_upstash::start(&url, "token", ([127, 0, 0, 1], 0).into()).await.unwrap();
    let limiter = Limiter::upstash(upstash.url().parse().unwrap(), "token".into(), DEADLINE).unwrap();
    replay(&limiter.with_mode(Mode::Parity), &url).await;
}

/// Replays every sequence under its own prefix, and compares the keys in the Redis at `url`.
async fn replay(limiter: &Limiter, url: &str) {
    let (file, mut connection) = (vectors(), connect(url).await);
    for sequence in sequences(&file) {
        let prefix = format!("{}-{}", sequence["prefix"].as_str().unwrap(), Token::random().as_str());
        let own = |key: &str| key.replacen(sequence["prefix"].as_str().unwrap(), &prefix, 1);
        for recorded in steps(sequence) {
            if assert_step(limiter, &prefix, recorded).await {
                assert_keys(&mut connection, recorded, own).await;
            }
        }
    }
}

/// Makes the call of a step and compares the answer. `false`: the step only reads the remaining
/// budget.
async fn assert_step(limiter: &Limiter, prefix: &str, recorded: &Value) -> bool {
    let step = Step::read(recorded);
    let Some(cost) = step.cost else { return false };
    let limit = Limit { name: prefix, requests: step.limit, window_ms: step.window_ms };
    let taken = limiter.take(limit, call(step.identifier, cost, step.now_ms)).await;
    assert_answer(&taken.unwrap(), recorded);
    true
}

/// Longer than any recorded expiry: a renewed expiry is visible, and none ends a recording early.
const SENTINEL_MS: i64 = 86_400_000;

/// Every key has the recorded value. Its expiry was set in this step exactly if the recording has a
/// `PEXPIRE`.
async fn assert_keys(connection: &mut MultiplexedConnection, recorded: &Value, own: impl Fn(&str) -> String) {
    let set: Vec<_> = recorded["writes"].as_array().unwrap().iter().filter(|write| write[0] == "PEXPIRE").collect();
    for (key, value) in recorded["keys"].as_object().unwrap() {
        let own_key = own(key);
        let found: String = ask(connection, &["GET", &own_key]).await;
        assert_eq!(json!(found), *value, "{key}: {recorded}");
        let left_ms: i64 = ask(connection, &["PTTL", &own_key]).await;
        let expected_ms = set
            .iter()
            .find(|write| write[1] == **key)
            .map_or(SENTINEL_MS, |write| write[2].as_str().unwrap().parse().unwrap());
        assert!((expected_ms - 900..=expected_ms).contains(&left_ms), "{key} has {left_ms} ms: {recorded}");
        let _: i64 = ask(connection, &["PEXPIRE", &own_key, &SENTINEL_MS.to_string()]).await;
    }
}

/// Applies the rule to a plain map of keys and compares it with the recorded database after every
/// step.
#[test]
fn computed_keys_and_remaining_budgets_match_the_recording() {
    let file = vectors();
    for sequence in sequences(&file) {
        let mut database = BTreeMap::<String, i64>::new();
        for recorded in steps(sequence) {
            let step = Step::read(recorded);
            let window = Window { limit: step.limit, length_ms: step.window_ms };
            let keys = window.keys(sequence["prefix"].as_str().unwrap(), step.identifier, step.now_ms);
            let counter = |key| database.get(key).copied().unwrap_or_default();
            let before = Counters { previous: counter(&keys.previous), current: counter(&keys.current) };
            let after = step.cost.and_then(|cost| window.count(before, cost, step.now_ms, Mode::Parity));
            let verdict = window.verdict(after.is_some(), after.unwrap_or(before), step.cost.unwrap_or(1), step.now_ms);
            if step.cost.is_some() {
                assert_answer(&verdict, recorded);
            } else {
                assert_eq!(
                    (json!(verdict.remaining), json!(verdict.reset_ms)),
                    (recorded["remaining"].clone(), recorded["reset"].clone()),
                    "{recorded}"
                );
            }
            assert_eq!(writes(&keys.current, window, after, step.cost), recorded["writes"], "{recorded}");
            database.extend(after.map(|after| (keys.current, after.current)));
            let texts: BTreeMap<_, _> = database.iter().map(|(key, count)| (key, count.to_string())).collect();
            assert_eq!(json!(texts), recorded["keys"], "{recorded}");
        }
    }
}

/// The writes of a step in the format of the recordings.
fn writes(key: &str, window: Window, after: Option<Counters>, cost: Option<i64>) -> Value {
    let (Some(after), Some(cost)) = (after, cost) else { return json!([]) };
    let mut writes = vec![json!(["INCRBY", key, cost.to_string()])];
    if after.current == cost {
        writes.push(json!(["PEXPIRE", key, window.expiry_ms().to_string()]));
    }
    json!(writes)
}

#[test]
fn computed_weights_match_the_recording() {
    for case in vectors()["weights"].as_array().filter(|list| !list.is_empty()).unwrap() {
        let window = Window { limit: 1, length_ms: case["window_ms"].as_u64().unwrap() };
        let weighted = window.weighted(case["previous"].as_i64().unwrap(), case["now_ms"].as_i64().unwrap());
        assert_eq!(json!(weighted), case["weighted"], "{case}");
    }
}

fn vectors() -> Value {
    let folder = environment("GATEHOUSE_VECTORS")
        .map_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors").into(), PathBuf::from);
    let file = folder.join("ratelimit/sliding-window.json");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap()
}

/// The recorded sequences that apply: sliding windows without block cache and dynamic limits, with
/// integers.
fn sequences(file: &Value) -> Vec<&Value> {
    let whole = |step: &&Value| step["tokens"].is_u64() && (step["rate"].is_i64() || step["rate"].is_null());
    let plain = |sequence: &&Value| {
        sequence["algorithm"] == "sliding_window"
            && sequence["ephemeral_cache"] == false
            && sequence["dynamic_limits"] == false
    };
    let all = file["sliding_window"].as_array().unwrap();
    let chosen: Vec<_> =
        all.iter().filter(plain).filter(|sequence| steps(sequence).iter().all(|step| whole(&step))).collect();
    assert!(!chosen.is_empty(), "no sequences");
    chosen
}

fn steps(sequence: &Value) -> &[Value] {
    sequence["steps"].as_array().unwrap()
}

/// One step of a recording.
struct Step<'a> {
    identifier: &'a str,
    limit: u64,
    window_ms: u64,
    /// `None`: the step only reads the remaining budget.
    cost: Option<i64>,
    now_ms: i64,
}

impl<'a> Step<'a> {
    fn read(step: &'a Value) -> Self {
        let cost = match step["op"].as_str().unwrap() {
            "limit" => Some(step["rate"].as_i64().unwrap_or(1)),
            "get_remaining" => None,
            other => panic!("{other}: {step}"),
        };
        Self {
            identifier: step["identifier"].as_str().unwrap(),
            limit: step["tokens"].as_u64().unwrap(),
            window_ms: step["window_ms"].as_u64().unwrap(),
            cost,
            now_ms: step["now_ms"].as_i64().unwrap(),
        }
    }
}

/// Compares the answer with the recorded one.
fn assert_answer(verdict: &Verdict, step: &Value) {
    let answer = json!({ "success": verdict.admitted, "limit": verdict.limit, "remaining": verdict.remaining,
        "reset": verdict.reset_ms });
    let mut recorded = json!({});
    for name in ["success", "limit", "remaining", "reset"] {
        recorded[name] = step[name].clone();
    }
    assert_eq!(answer, recorded, "{step}");
}
