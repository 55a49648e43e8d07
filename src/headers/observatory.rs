//! Tests of the security headers with the scoring of the MDN HTTP Observatory: our headers must
//! score 150. Each test weakens one header and checks the points that the score loses.

use super::score::{Headers, policy, score};
use super::*;
use std::collections::HashMap;

/// Our headers as a scanner reads them. A name that is sent twice would arrive as one list.
fn ours(policy: &HeaderPolicy) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in security_headers(policy, true, &Token::random()) {
        let earlier = headers.insert(name.to_string(), value.to_str().unwrap().to_owned());
        assert_eq!(earlier, None, "{name} twice");
    }
    headers
}

fn https() -> Headers {
    ours(&HeaderPolicy { https: true, ..HeaderPolicy::default() })
}

/// The score when one header is changed.
fn score_with(name: &str, change: impl Fn(String) -> Option<String>) -> i32 {
    let mut headers = https();
    let value = headers.remove(name).unwrap_or_default();
    if let Some(value) = change(value) {
        headers.insert(name.to_owned(), value);
    }
    score(&headers)
}

fn score_with_policy(from: &str, to: &str) -> i32 {
    score_with("content-security-policy", |policy| {
        assert!(policy.contains(from), "{policy}");
        Some(policy.replace(from, to))
    })
}

#[test]
fn our_headers_alone_score_150() {
    assert_eq!(score(&https()), 150);
}

#[test]
fn on_plain_http_only_transport_is_missing() {
    let headers = ours(&HeaderPolicy::default());
    assert!(!headers.contains_key("strict-transport-security"));
    assert!(!headers["content-security-policy"].contains("upgrade-insecure-requests"));
    assert_eq!(score(&headers), 80);
}

#[test]
fn the_reload_socket_of_development_allows_nothing_else() {
    let socket = "ws://127.0.0.1:3001";
    let with = ours(&HeaderPolicy { https: true, connect: vec![socket.to_owned()], ..HeaderPolicy::default() });
    assert_eq!(score(&with), 150);
    let mut with = policy(&with).unwrap();
    assert_eq!(with.remove("connect-src").unwrap(), ["'self'", socket]);
    let mut without = policy(&https()).unwrap();
    without.remove("connect-src");
    with.insert("script-src".into(), without["script-src"].clone());
    assert_eq!(with, without);
}

#[test]
fn every_missing_header_costs_points_as_documented() {
    let costs = [
        ("content-security-policy", 75),
        ("referrer-policy", 145),
        ("strict-transport-security", 80),
        ("x-content-type-options", 145),
        ("cross-origin-resource-policy", 140),
        ("cross-origin-embedder-policy", 140),
        ("cross-origin-opener-policy", 140),
    ];
    for (name, left) in costs {
        assert_eq!(score_with(name, |_| None), left, "{name}");
    }
}

#[test]
fn every_weaker_header_costs_points_as_documented() {
    let weaker = [
        ("referrer-policy", "unsafe-url", 140),
        ("strict-transport-security", "max-age=86400", 140),
        ("strict-transport-security", "includeSubDomains", 80),
        ("x-content-type-options", "sniff", 145),
        ("cross-origin-resource-policy", "cross-origin", 140),
        ("cross-origin-embedder-policy", "unsafe-none", 140),
        ("cross-origin-opener-policy", "unsafe-none", 140),
    ];
    for (name, value, left) in weaker {
        assert_eq!(score_with(name, |_| Some(value.to_owned())), left, "{name}: {value}");
    }
}

#[test]
fn every_weaker_policy_costs_points_as_documented() {
    let weaker = [
        ("default-src 'none'", "default-src 'self'", 145),
        ("style-src 'self'", "style-src 'self' 'unsafe-inline'", 140),
        ("'wasm-unsafe-eval'", "'unsafe-eval'", 130),
        ("img-src 'self' data:", "img-src http:", 130),
        ("script-src 'self'", "script-src https:", 80),
        ("script-src 'self'", "script-src data:", 80),
        ("object-src 'none'", "object-src *", 80),
        // A duplicate directive makes the policy invalid, including its `frame-ancestors`;
        // `X-Frame-Options` still counts.
        ("base-uri 'none'", "base-uri 'none'; base-uri 'self'", 75),
    ];
    for (from, to, left) in weaker {
        assert_eq!(score_with_policy(from, to), left, "{to}");
    }
}

#[test]
fn without_a_nonce_inline_scripts_cost_points() {
    let inline = |policy: String| Some(policy.replace("'nonce-", "'unsafe-inline' 'nonce-"));
    assert_eq!(score_with("content-security-policy", inline), 150);
    let nonce = |policy: &str| policy.split_once("'nonce-").unwrap().1.split_once('\'').unwrap().0.to_owned();
    let without_nonce =
        |policy: String| Some(policy.replace(&format!("'nonce-{}'", nonce(&policy)), "'unsafe-inline'"));
    assert_eq!(score_with("content-security-policy", without_nonce), 80);
}

#[test]
fn framing_is_refused_by_header_and_policy() {
    assert_eq!(score_with("x-frame-options", |_| None), 150);
    assert_eq!(score_with_policy("frame-ancestors 'none'; ", ""), 150);
    let mut headers = https();
    headers.remove("x-frame-options");
    let policy = headers["content-security-policy"].replace("frame-ancestors 'none'; ", "");
    headers.insert("content-security-policy".into(), policy);
    assert_eq!(score(&headers), 80);
}

#[test]
fn a_report_only_policy_does_not_count() {
    let mut headers = https();
    let policy = headers.remove("content-security-policy").unwrap();
    headers.insert("content-security-policy-report-only".into(), policy);
    assert_eq!(score(&headers), 75);
}

#[test]
fn the_policy_contains_the_nonce_of_the_page() {
    let nonce = Token::random();
    let headers: HashMap<_, _> = security_headers(&HeaderPolicy::default(), false, &nonce).into_iter().collect();
    assert!(
        headers[&http::header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .contains(&format!("'nonce-{}'", nonce.as_str()))
    );
}

#[test]
fn violations_are_reported_to_this_server_in_both_formats() {
    let policy_of = |headers: &Headers| policy(headers).unwrap();
    let (plain, tls) = (ours(&HeaderPolicy::default()), https());
    for headers in [&plain, &tls] {
        assert_eq!(headers["reporting-endpoints"], "default=\"/reports\"");
        assert_eq!(policy_of(headers)["report-uri"], ["/reports"]);
    }
    // Chromium sends no reports to an endpoint over plain HTTP, and it ignores `report-uri` beside
    // `report-to`.
    assert_eq!(policy_of(&tls)["report-to"], ["default"]);
    assert!(!policy_of(&plain).contains_key("report-to"));
}
