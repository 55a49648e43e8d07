//! Compares the Content Security Policy of Clerk's library with ours for pages with Clerk's
//! components.
//!
//! Our policy must allow every source that Clerk's components may need, unless a rule below names
//! the reason. The unit tests of `headers` check that it is not wider.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../clerk/tests/vectors/mod.rs"]
mod vectors;

use gatehouse::headers::{ClerkSources, HeaderPolicy, security_headers};
use gatehouse::random::Token;
use std::collections::HashMap;
use vectors::{cases, vectors};

const FRONTEND_API: &str = "clerk.example.com";

type Policy = HashMap<String, Vec<String>>;

fn parsed(policy: &str) -> Policy {
    let words = |directive: &str| directive.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let directives = policy.split(';').map(words).filter(|words| !words.is_empty());
    directives.map(|mut words| (words.remove(0), words)).collect()
}

fn ours(local: bool, with_clerk: bool) -> Policy {
    let frontend_api = (!local).then(|| format!("https://{FRONTEND_API}"));
    let policy =
        HeaderPolicy { clerk: Some(ClerkSources { frontend_api, local }), https: true, ..HeaderPolicy::default() };
    let headers: HashMap<_, _> = security_headers(&policy, with_clerk, &Token::random()).into_iter().collect();
    parsed(headers[&http::header::CONTENT_SECURITY_POLICY].to_str().unwrap())
}

/// Whether a source of Clerk's policy is left out on purpose.
fn left_out(directive: &str, source: &str) -> bool {
    // Telemetry is off, and the other hosts serve Clerk's billing, which is not used.
    let unused = ["clerk-telemetry.com", "stripe.com", "maps.googleapis.com"];
    // Scripts and styles are allowed by nonce or hash, and never for every host.
    let weaker = ["'unsafe-inline'", "'strict-dynamic'", "https:", "http:"];
    let is_weaker = weaker.contains(&source) || source.starts_with("'nonce-");
    unused.iter().any(|host| source.ends_with(host))
        || matches!(directive, "script-src" | "style-src") && is_weaker
        // No directive falls back to it, and our pages are not framed.
        || matches!(directive, "default-src" | "frame-src") && source == "'self'"
}

fn allows(policy: &Policy, directive: &str, source: &str) -> bool {
    let own = if source == FRONTEND_API { format!("https://{source}") } else { source.to_owned() };
    policy.get(directive).is_some_and(|sources| sources.contains(&own))
}

#[test]
fn the_policy_allows_what_clerks_components_need() {
    let file = vectors("clerk/csp.json");
    let plain = cases(&file, "cases").iter().filter(|case| case["options"].get("directives").is_none());
    let mut compared = 0;
    for case in plain {
        let headers = case["expected_headers"].as_array().unwrap().iter();
        let policy =
            headers.filter(|header| header[0].as_str().is_some_and(|name| name.starts_with("content-security")));
        for (directive, sources) in policy.flat_map(|header| parsed(header[1].as_str().unwrap())) {
            let wanted = sources.iter().filter(|source| !left_out(&directive, source));
            for source in wanted.filter(|_| directive != "report-to") {
                assert!(allows(&ours(false, true), &directive, source), "{directive} {source}: {}", case["name"]);
                compared += 1;
            }
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn only_pages_with_clerks_components_allow_clerks_hosts() {
    for policy in [ours(false, false), ours(true, true)] {
        let hosts: Vec<_> = policy.values().flatten().filter(|source| source.contains("//")).collect();
        assert!(hosts.is_empty(), "{hosts:?}");
    }
}
