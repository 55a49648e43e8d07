//! The score of response headers by the rules of the MDN HTTP Observatory (its source of August
//! 2026). The tests demand 150 of our headers, and the page about the security of the instance
//! shows the score.
//!
//! The rules read the header texts and not the code that builds them. Cookies, redirects and
//! subresource integrity add no points here, because the scanned pages set no cookie.

use std::collections::HashMap;

/// Headers by name.
pub type Headers = HashMap<String, String>;
pub(super) type Policy = HashMap<String, Vec<String>>;

/// The score of a response: 100 minus the penalties, plus the bonuses if the result is at least 90.
#[must_use]
pub fn score(headers: &Headers) -> i32 {
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
pub(super) fn policy(headers: &Headers) -> Option<Policy> {
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
