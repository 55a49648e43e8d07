//! What both limiter tests need: the recordings of `@upstash/ratelimit` and a replay of one.
//!
//! Left out by rule, because the design has no such thing: dynamic limits, fixed windows, token buckets and window texts. That library's block
//! cache is left out too: it refuses until the window ends, where ours ends with the block.

use gatehouse::limit::Verdict;
use serde_json::{Value, json};
use std::path::PathBuf;

#[expect(clippy::disallowed_methods, reason = "where vectors and services of the tests are")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub(crate) fn vectors() -> Value {
    let folder = environment("GATEHOUSE_VECTORS")
        .map_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors").into(), PathBuf::from);
    let file = folder.join("ratelimit/sliding-window.json");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap()
}

/// The recorded sequences that apply: a sliding window, without block cache and dynamic limits, in whole numbers.
pub(crate) fn sequences(file: &Value) -> Vec<&Value> {
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

pub(crate) fn steps(sequence: &Value) -> &[Value] {
    sequence["steps"].as_array().unwrap()
}

/// One step of a recording, read.
pub(crate) struct Step<'a> {
    pub(crate) identifier: &'a str,
    pub(crate) limit: u64,
    pub(crate) window_ms: u64,
    /// `None`: the step only asks what remains.
    pub(crate) cost: Option<i64>,
    pub(crate) now_ms: i64,
}

impl<'a> Step<'a> {
    pub(crate) fn read(step: &'a Value) -> Self {
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

/// The recorded answer is ours.
pub(crate) fn assert_answer(verdict: &Verdict, step: &Value) {
    let answer = json!({ "success": verdict.admitted, "limit": verdict.limit, "remaining": verdict.remaining, "reset": verdict.reset_ms });
    let mut recorded = json!({});
    for name in ["success", "limit", "remaining", "reset"] {
        recorded[name] = step[name].clone();
    }
    assert_eq!(answer, recorded, "{step}");
}
