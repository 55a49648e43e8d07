//! Recorded answers of `@upstash/ratelimit` against the sliding window in this process; `limit_redis.rs` does the same in Redis. Parity mode
//! counts refused calls as that library does. The folder is named by `GATEHOUSE_VECTORS`.
#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod limit_common;

use gatehouse::limit::Limiter;
use gatehouse::limit::window::{Counters, Mode, Window};
use limit_common::{Step, assert_answer, sequences, steps, vectors};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[tokio::test]
async fn recorded_answers_are_ours() {
    let file = vectors();
    for sequence in sequences(&file) {
        let limiter = Limiter::in_process(1000);
        let prefix = sequence["prefix"].as_str().unwrap();
        for recorded in steps(sequence) {
            let step = Step::read(recorded);
            let Some(cost) = step.cost else { continue };
            let taken = limiter
                .take_in_mode(Mode::Parity, prefix, step.identifier, step.limit, step.window_ms, cost, step.now_ms)
                .await;
            assert_answer(&taken.unwrap(), recorded);
        }
    }
}

/// The rule over a plain map of keys, so that the recorded database can be compared after every step.
#[test]
fn recorded_keys_and_what_remains_are_ours() {
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

/// The writes of a step as the recordings show them.
fn writes(key: &str, window: Window, after: Option<Counters>, cost: Option<i64>) -> Value {
    let (Some(after), Some(cost)) = (after, cost) else { return json!([]) };
    let mut writes = vec![json!(["INCRBY", key, cost.to_string()])];
    if after.current == cost {
        writes.push(json!(["PEXPIRE", key, window.expiry_ms().to_string()]));
    }
    json!(writes)
}

#[test]
fn recorded_weights_are_ours() {
    for case in vectors()["weights"].as_array().filter(|list| !list.is_empty()).unwrap() {
        let window = Window { limit: 1, length_ms: case["window_ms"].as_u64().unwrap() };
        let weighted = window.weighted(case["previous"].as_i64().unwrap(), case["now_ms"].as_i64().unwrap());
        assert_eq!(json!(weighted), case["weighted"], "{case}");
    }
}
