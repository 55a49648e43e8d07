//! Tests of the security headers with the scoring of the MDN HTTP Observatory (its source of August
//! 2026): our headers must score 150.
//!
//! The tests read the header texts and not the code that builds them. Cookies, redirects and
//! subresource integrity add no points here, because the scanned pages set no cookie. Each test
//! weakens one header and checks the points that the score loses.

use super::*;
use std::collections::HashMap;

type Headers = HashMap<String, String>;
type Policy = HashMap<String, Vec<String>>;

/// The score of a response: 100 minus the penalties, plus the bonuses if the result is at least 90.
fn score(headers: &Headers) -> i32 {
    let parts = [
        policy_points(headers),
        referrer_points(headers),
        transport_points(headers),
        sniffing_points(headers),
        framing_points(headers),
        isolation_points(headers, "cross-origin-resource-policy", &["same-origin", "same-site"]),
        isolation_points(headers, "cross-origin-embedder-policy", &["require-corp", "credentialless"]),
        isolation_points(
            headers,
            "cross-origin-opener-policy",
            &["same-origin", "same-origin-allow-popups", "noopener-allow-popups"],
        ),
        cors_points(headers),
    ];
    let without_bonus = 100 + parts.iter().filter(|points| **points < 0).sum::<i32>();
    let bonus = parts.iter().filter(|points| **points > 0).sum::<i32>();
    if without_bonus >= 90 { without_bonus + bonus } else { without_bonus.max(0) }
}

/// The directives of the enforced policy; `None` without a policy, or for a policy that browsers do
/// not apply as it is written.
fn policy(headers: &Headers) -> Option<Policy> {
    let mut directives = Policy::new();
    for directive in headers.get("content-security-policy")?.split(';').map(str::trim).filter(|text| !text.is_empty()) {
        let mut words = directive.split_ascii_whitespace().map(str::to_ascii_lowercase);
        let name = words.next()?;
        if directives.insert(name, words.collect()).is_some() {
            return None;
        }
    }
    let strict_dynamic = |sources: &Vec<String>| sources.iter().any(|source| source == "'strict-dynamic'");
    if directives.get("script-src").is_some_and(|sources| strict_dynamic(sources) && !has_nonce_or_hash(sources)) {
        return None;
    }
    (!directives.is_empty()).then_some(directives)
}

fn has_nonce_or_hash(sources: &[String]) -> bool {
    sources
        .iter()
        .any(|source| ["'nonce-", "'sha256-", "'sha384-", "'sha512-"].iter().any(|start| source.starts_with(start)))
}

fn policy_points(headers: &Headers) -> i32 {
    let Some(policy) = policy(headers) else { return -25 };
    let sources = |name: &str| policy.get(name).or_else(|| policy.get("default-src")).map(Vec::as_slice);
    let (Some(scripts), Some(objects)) = (sources("script-src"), sources("object-src")) else { return -20 };
    let styles = sources("style-src").unwrap_or_default();
    let has = |list: &[String], words: &[&str]| list.iter().any(|source| words.contains(&source.as_str()));
    // With a nonce or a hash, browsers ignore `'unsafe-inline'`.
    let inline = |list: &[String]| has(list, &["'unsafe-inline'"]) && !has_nonce_or_hash(list);
    let broad = ["*", "http:", "https:", "data:"];
    let plain = |list: &[String]| list.iter().any(|source| source.starts_with("http:"));
    if inline(scripts) || has(scripts, &broad) || has(objects, &broad) || plain(scripts) || plain(styles) {
        return -20;
    }
    let passive = ["img-src", "media-src"].iter().filter_map(|name| sources(name)).any(plain);
    if has(scripts, &["'unsafe-eval'"]) || has(styles, &["'unsafe-eval'"]) || passive {
        return -10;
    }
    if inline(styles) || has(styles, &broad) {
        return 0;
    }
    if policy.get("default-src").is_some_and(|list| list == &["'none'"]) { 10 } else { 5 }
}

fn referrer_points(headers: &Headers) -> i32 {
    match headers.get("referrer-policy").map(String::as_str) {
        Some("no-referrer" | "same-origin" | "strict-origin" | "strict-origin-when-cross-origin") => 5,
        None | Some("no-referrer-when-downgrade") => 0,
        Some(_) => -5,
    }
}

/// The preload list is no header, so its 5 points do not count here.
fn transport_points(headers: &Headers) -> i32 {
    const HALF_A_YEAR: u64 = 15_552_000;
    let Some(value) = headers.get("strict-transport-security") else { return -20 };
    let age = value.split(';').find_map(|part| part.trim().strip_prefix("max-age=")?.parse::<u64>().ok());
    match age {
        Some(age) if age >= HALF_A_YEAR => 0,
        Some(_) => -10,
        None => -20,
    }
}

fn sniffing_points(headers: &Headers) -> i32 {
    if headers.get("x-content-type-options").is_some_and(|value| value == "nosniff") { 0 } else { -5 }
}

fn framing_points(headers: &Headers) -> i32 {
    let ancestors = policy(headers).and_then(|policy| policy.get("frame-ancestors").cloned());
    let old = headers.get("x-frame-options").map(|value| value.to_ascii_uppercase());
    match (ancestors, old.as_deref()) {
        (Some(ancestors), _) if !ancestors.iter().any(|source| ["*", "http:", "https:"].contains(&source.as_str())) => {
            5
        }
        (_, Some("DENY" | "SAMEORIGIN")) => 5,
        _ => -20,
    }
}

fn isolation_points(headers: &Headers, name: &str, good: &[&str]) -> i32 {
    if headers.get(name).is_some_and(|value| good.contains(&value.as_str())) { 10 } else { 0 }
}

fn cors_points(headers: &Headers) -> i32 {
    let is = |name: &str, wanted: &str| headers.get(name).is_some_and(|value| value == wanted);
    if is("access-control-allow-origin", "*") && is("access-control-allow-credentials", "true") { -50 } else { 0 }
}

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
