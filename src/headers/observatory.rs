//! What the MDN HTTP Observatory would say of our headers, by its own table (August 2026): 100 points, penalties, and bonuses that count only when
//! the score without them is 90 or more. 150 is what headers alone can reach.

use super::*;
use std::collections::HashMap;

type Headers = HashMap<String, String>;

fn ours(https: bool) -> Headers {
    let profile = Profile { https, connect: None };
    let headers = security_headers(&profile, &Nonce::random());
    headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

fn score(headers: &Headers) -> i32 {
    let get = |name: &str| headers.get(name).map(String::as_str).unwrap_or_default();
    let policy = policy(get("content-security-policy"));
    let frames_closed = policy.as_ref().is_some_and(|policy| policy.contains_key("frame-ancestors"));
    let results = [
        csp(policy.as_ref()),
        hsts(get("strict-transport-security")),
        referrer(get("referrer-policy")),
        if get("x-content-type-options") == "nosniff" { 0 } else { -5 },
        if frames_closed {
            5
        } else if matches!(get("x-frame-options"), "DENY" | "SAMEORIGIN") {
            0
        } else {
            -20
        },
        bonus(get("cross-origin-resource-policy"), &["same-origin", "same-site"]),
        bonus(get("cross-origin-embedder-policy"), &["require-corp", "credentialless"]),
        bonus(get("cross-origin-opener-policy"), &["same-origin", "same-origin-allow-popups"]),
    ];
    let base = 100 + results.iter().filter(|points| **points < 0).sum::<i32>();
    let bonuses: i32 = results.iter().filter(|points| **points > 0).sum();
    if base >= 90 { base + bonuses } else { base }
}

/// Directives with their sources; `None`: no policy, or an invalid one (a directive twice).
fn policy(text: &str) -> Option<HashMap<String, Vec<String>>> {
    let mut directives = HashMap::new();
    for directive in text.split(';').map(str::trim).filter(|directive| !directive.is_empty()) {
        let mut words = directive.split_ascii_whitespace().map(str::to_owned);
        if directives.insert(words.next()?, words.collect::<Vec<_>>()).is_some() {
            return None;
        }
    }
    (!directives.is_empty()).then_some(directives)
}

fn csp(policy: Option<&HashMap<String, Vec<String>>>) -> i32 {
    let Some(policy) = policy else { return -25 };
    let sources = |name: &str| policy.get(name).or_else(|| policy.get("default-src")).cloned().unwrap_or_default();
    let has = |name: &str, source: &str| sources(name).iter().any(|found| found == source);
    let broad = |name: &str| {
        sources(name).is_empty()
            || ["*", "https:", "http:", "data:", "'unsafe-inline'"].iter().any(|source| has(name, source))
    };
    let without_nonce = !sources("script-src").iter().any(|source| source.starts_with("'nonce-"));
    if broad("script-src")
        || sources("object-src").is_empty()
        || (has("script-src", "'strict-dynamic'") && without_nonce)
    {
        return -20;
    }
    if has("script-src", "'unsafe-eval'") {
        return -10;
    }
    match (has("style-src", "'unsafe-inline'"), policy.get("default-src").map(Vec::as_slice)) {
        (true, _) => 0,
        (false, Some([only])) if only == "'none'" => 10,
        (false, _) => 5,
    }
}

fn hsts(text: &str) -> i32 {
    let seconds =
        text.split(';').find_map(|part| part.trim().strip_prefix("max-age=")).and_then(|age| age.parse::<u64>().ok());
    match seconds {
        None => -20,
        Some(seconds) if seconds < 15_768_000 => -10,
        Some(_) => 0,
    }
}

fn referrer(text: &str) -> i32 {
    match text {
        "no-referrer" | "same-origin" | "strict-origin" | "strict-origin-when-cross-origin" => 5,
        "" => 0,
        _ => -5,
    }
}

fn bonus(text: &str, good: &[&str]) -> i32 {
    if good.contains(&text) { 10 } else { 0 }
}

#[test]
fn our_headers_score_150() {
    assert_eq!(score(&ours(true)), 150);
}

#[test]
fn each_header_that_is_weakened_costs_points() {
    let with = |name: &str, change: &dyn Fn(&str) -> String| {
        let mut headers = ours(true);
        let changed = change(&headers[name]);
        headers.insert(name.to_owned(), changed);
        score(&headers)
    };
    let csp = "content-security-policy";
    assert!(with(csp, &|text| text.replace("script-src", "script-src 'unsafe-inline'")) < 100);
    assert!(with(csp, &|text| text.replace("script-src", "script-src 'unsafe-eval'")) < 150);
    assert!(with(csp, &|text| text.replace("style-src 'self'", "style-src 'unsafe-inline'")) < 150);
    assert!(with(csp, &|text| text.replace("default-src 'none'", "default-src 'self'")) < 150);
    assert!(with(csp, &|text| text.replace("frame-ancestors 'none'", "")) < 150);
    assert!(with(csp, &|text| format!("{text}; img-src 'self'")) < 100);
    assert!(with("strict-transport-security", &|_| "max-age=60".to_owned()) < 150);
    for name in [
        "referrer-policy",
        "x-content-type-options",
        "cross-origin-opener-policy",
        "cross-origin-embedder-policy",
        "cross-origin-resource-policy",
    ] {
        assert!(with(name, &|_| "unsafe-none".to_owned()) < 150, "{name}");
    }
}

#[test]
fn every_source_that_must_stand_in_the_policy_stands_there() {
    let policy = policy(&ours(true)["content-security-policy"]).unwrap();
    for closed in ["default-src", "base-uri", "frame-ancestors", "object-src"] {
        assert_eq!(policy[closed], ["'none'"], "{closed}");
    }
    assert!(policy["script-src"].contains(&"'wasm-unsafe-eval'".to_owned()));
    assert!(policy.contains_key("upgrade-insecure-requests"));
    assert!(
        !super::content_security_policy(&Profile::default(), &Nonce::random()).contains("upgrade-insecure-requests")
    );
}

#[test]
fn nonces_are_long_and_differ() {
    let (first, second) = (Nonce::random(), Nonce::random());
    assert_ne!(first, second);
    assert_eq!(first.as_str().len(), 22);
}
