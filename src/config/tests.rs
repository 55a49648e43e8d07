mod clerk;
mod docs;
mod lifetimes;
mod limits;
mod parts;
mod retention;
mod secret_files;
mod site;

use super::*;
use domain::brand::DATABASE_URL;
use secrecy::ExposeSecret;
use std::collections::BTreeSet;
use std::collections::HashMap;

const PK_LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
const PK_TEST: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";
const SK_TEST: &str = "sk_test_notARealKeyButLongEnough";
const SK_LIVE: &str = "sk_live_notARealKeyButLongEnough";

fn read(pairs: &[(&str, &str)], local: bool) -> Result<Config, Problems> {
    let map: HashMap<String, String> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::read(&move |name| map.get(name).cloned(), local)
}

fn complaints(pairs: &[(&str, &str)], local: bool) -> Vec<&'static str> {
    read(pairs, local).unwrap_err().iter().map(|problem| problem.variable).collect()
}

fn instance(extra: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut pairs = vec![("CLERK_PUBLISHABLE_KEY", PK_TEST), ("CLERK_SECRET_KEY", SK_TEST)];
    pairs.extend_from_slice(extra);
    pairs
}

#[test]
fn an_empty_environment_is_the_embedded_default() {
    let config = read(&[], true).unwrap();
    assert!(matches!(config.clerk, ClerkSource::Local));
    assert!(matches!(config.limits, LimitStore::InProcess));
    assert_eq!(config.public_origin.as_str(), "http://localhost:3000");
    assert_eq!(config.database_url.expose_secret(), DATABASE_URL);
    assert_eq!(config.metrics_addr, Some("127.0.0.1:9464".parse().unwrap()));
    assert_eq!(config.site.address, "127.0.0.1:3000".parse().unwrap());
    assert_eq!(config.log.to_string(), "info");
}

#[test]
fn a_blank_value_is_absent_or_turns_off() {
    let config = read(&[("REDIS_URL", " "), ("CLERK_SECRET_KEY", ""), ("METRICS_ADDR", "")], true).unwrap();
    assert!(matches!(config.limits, LimitStore::InProcess));
    assert_eq!(config.metrics_addr, None);
}

#[test]
fn the_local_clerk_requires_membership_by_configuration() {
    for (word, required) in [("", false), ("optional", false), ("required", true)] {
        let config = read(&[("LOCAL_CLERK_MEMBERSHIP", word)], true).unwrap();
        assert_eq!(config.local_clerk_requires_membership, required, "{word}");
    }
    assert_eq!(complaints(&[("LOCAL_CLERK_MEMBERSHIP", "true")], true), ["LOCAL_CLERK_MEMBERSHIP"]);
}

#[test]
fn without_the_local_clerk_keys_are_required() {
    assert_eq!(complaints(&[], false), ["CLERK_PUBLISHABLE_KEY", "CLERK_SECRET_KEY"]);
    assert_eq!(complaints(&[("PUBLIC_ORIGIN", "https://admin.example.com")], true), ["CLERK_PUBLISHABLE_KEY"]);
}

#[test]
fn the_operators_organization_is_an_id_or_absent() {
    assert_eq!(read(&[], true).unwrap().operators, None);
    let named = read(&[("OPERATORS_ORGANIZATION_ID", " org_2abc ")], true).unwrap().operators;
    assert_eq!(named.unwrap().as_str(), "org_2abc");
    for wrong in ["acme", "user_2abc", "org_2abc org_2def"] {
        assert_eq!(complaints(&[("OPERATORS_ORGANIZATION_ID", wrong)], true), ["OPERATORS_ORGANIZATION_ID"], "{wrong}");
    }
}

#[test]
fn one_key_alone_is_refused() {
    assert_eq!(complaints(&[("CLERK_PUBLISHABLE_KEY", PK_TEST)], true), ["CLERK_SECRET_KEY"]);
    assert_eq!(complaints(&[("CLERK_SECRET_KEY", SK_TEST)], true), ["CLERK_PUBLISHABLE_KEY"]);
}

#[test]
fn swapped_keys_are_refused() {
    assert_eq!(
        complaints(&[("CLERK_PUBLISHABLE_KEY", PK_TEST), ("CLERK_SECRET_KEY", PK_TEST)], true),
        ["CLERK_SECRET_KEY"]
    );
    assert_eq!(
        complaints(&[("CLERK_PUBLISHABLE_KEY", SK_TEST), ("CLERK_SECRET_KEY", SK_TEST)], true),
        ["CLERK_PUBLISHABLE_KEY"]
    );
}

#[test]
fn test_and_live_keys_are_not_mixed() {
    assert_eq!(
        complaints(&[("CLERK_PUBLISHABLE_KEY", PK_TEST), ("CLERK_SECRET_KEY", SK_LIVE)], true),
        ["CLERK_SECRET_KEY"]
    );
    let https = ("PUBLIC_ORIGIN", "https://admin.example.com");
    assert_eq!(
        complaints(&[https, ("CLERK_PUBLISHABLE_KEY", PK_LIVE), ("CLERK_SECRET_KEY", SK_TEST)], true),
        ["CLERK_SECRET_KEY"]
    );
}

#[test]
fn a_live_key_needs_https() {
    assert_eq!(
        complaints(&[("CLERK_PUBLISHABLE_KEY", PK_LIVE), ("CLERK_SECRET_KEY", SK_LIVE)], true),
        ["PUBLIC_ORIGIN"]
    );
}

#[test]
fn every_problem_is_reported_at_once() {
    let pairs = instance(&[
        ("PUBLIC_ORIGIN", "https://admin.example.com/path"),
        ("CLERK_JWT_KEY", "-----BEGIN PUBLIC KEY-----\nbm9rZXk=\n-----END PUBLIC KEY-----"),
        ("CLERK_API_URL", "https://user:secret@api.example.com"),
        ("CLERK_FAPI_URL", "ftp://x"),
        ("CLERK_PROXY_URL", "/elsewhere"),
        ("CLERK_AUTHORIZED_PARTIES", "https://a.example, not an origin"),
        ("CLERK_WEBHOOK_SIGNING_SECRET", "sk_live_x"),
        ("CLERK_SIGN_IN_URL", "//evil.example"),
        ("DATABASE_URL", "mysql://x"),
        ("REDIS_URL", "http://x"),
        ("UPSTASH_REDIS_REST_URL", "https://x"),
        ("UPSTASH_REDIS_REST_TOKEN", "two words"),
        ("RATE_LIMIT_PREFIX", "a b"),
        ("TRUSTED_PROXY_HOPS", "-1"),
        ("RETAIN_WEBHOOK_PAYLOADS", "thirty"),
        ("RETAIN_ENDED_SESSIONS", "0"),
        ("RETAIN_AUDIT", "never"),
        ("METRICS_ADDR", "9464"),
        ("LEPTOS_SITE_ADDR", "localhost:3000"),
        ("LEPTOS_HASH_FILES", "yes"),
        ("LEPTOS_RELOAD_PORT", "0"),
        ("LEPTOS_RELOAD_EXTERNAL_PORT", "65536"),
        ("LEPTOS_RELOAD_WS_PROTOCOL", "http"),
        ("SECURITY_CONTACT", "nobody"),
        ("RUST_LOG", "gatehouse=loud"),
    ]);
    let mut found = complaints(&pairs, true);
    found.sort_unstable();
    let mut expected: Vec<_> = pairs.iter().skip(2).map(|(name, _)| *name).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn a_key_or_a_url_with_white_space_is_refused() {
    for key in [
        "sk_test_notARealKey ButLongEnough",
        "sk_test_notARealKey\nButLongEnough",
        "sk_test_notARealKey\u{a0}LongEnough",
        "sk_test_notARealKeyButLongEnough\"",
    ] {
        let pairs = [("CLERK_PUBLISHABLE_KEY", PK_TEST), ("CLERK_SECRET_KEY", key)];
        assert_eq!(complaints(&pairs, true), ["CLERK_SECRET_KEY"], "{key:?}");
    }
    for (name, value) in [
        ("CLERK_PUBLISHABLE_KEY", "pk_test_Zm9vLWJhci0x My5jbGVyay5hY2NvdW50cy5kZXYk"),
        ("CLERK_API_URL", "https://api.clerk.com/ v1"),
        ("CLERK_FAPI_URL", "https://frontend-api.\nclerk.dev"),
        ("CLERK_SIGN_IN_URL", "https://accounts.exam\tple.com/sign-in"),
        ("CLERK_WEBHOOK_SIGNING_SECRET", "whsec_c2VjcmV0c2Vjcm V0c2VjcmV0c2VjcmV0"),
        ("REDIS_URL", "redis://localhost/0 1"),
        ("PUBLIC_ORIGIN", "http://local\nhost:3000"),
    ] {
        let mut pairs = instance(&[]);
        pairs.retain(|(found, _)| *found != name);
        pairs.push((name, value));
        assert_eq!(complaints(&pairs, true), [name], "{value:?}");
    }
}

#[test]
fn a_missing_key_does_not_hide_other_problems() {
    let pairs = [("CLERK_PUBLISHABLE_KEY", PK_TEST), ("CLERK_API_URL", "ftp://x"), ("CLERK_JWT_KEY", "no key")];
    assert_eq!(complaints(&pairs, true), ["CLERK_SECRET_KEY", "CLERK_JWT_KEY", "CLERK_API_URL"]);
    let pairs = [("CLERK_SECRET_KEY", PK_TEST), ("CLERK_SIGN_IN_URL", "//x")];
    assert_eq!(complaints(&pairs, true), ["CLERK_PUBLISHABLE_KEY", "CLERK_SIGN_IN_URL"]);
}

#[test]
fn a_value_that_is_not_utf8_is_refused() {
    for name in ["DATABASE_URL", "METRICS_ADDR", "CLERK_SECRET_KEY"] {
        let found =
            read(&instance(&[(name, "sqlite://data/\u{fffd}.db")])[usize::from(name.contains("KEY")) * 2..], true);
        let problems = found.unwrap_err();
        assert!(
            problems.iter().any(|problem| problem.variable == name && problem.what.contains("UTF-8")),
            "{problems}"
        );
    }
}

#[test]
fn a_problem_names_the_variable_and_the_remedy_and_never_the_value() {
    let report = read(&[("CLERK_PUBLISHABLE_KEY", PK_TEST), ("CLERK_SECRET_KEY", "hunter2hunter2hunter2")], true)
        .unwrap_err()
        .to_string();
    assert!(report.contains("CLERK_SECRET_KEY is not a secret key: it begins with sk_test_ or sk_live_"), "{report}");
    assert!(!report.contains("hunter2"), "{report}");
}

#[test]
fn printing_the_configuration_shows_no_secret() {
    let pairs = instance(&[
        (
            "CLERK_WEBHOOK_SIGNING_SECRET",
            "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0,whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcg==",
        ),
        ("DATABASE_URL", "postgres://app:opensesame@localhost/app"),
        ("REDIS_URL", "redis://:opensesame@localhost"),
    ]);
    let printed = format!("{:?}", read(&pairs, false).unwrap());
    for secret in ["notARealKey", "opensesame", "c2VjcmV0", "b3RoZXJv", "sk_test_", "whsec_"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    assert!(printed.contains("http://localhost:3000") && printed.contains("https://api.clerk.com"), "{printed}");
}
