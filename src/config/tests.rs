use super::*;
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
    assert_eq!(config.database_url.expose_secret(), "sqlite://data/gatehouse.db");
    assert_eq!(config.metrics_addr, Some("127.0.0.1:9464".parse().unwrap()));
    assert_eq!(config.site.address, "127.0.0.1:3000".parse().unwrap());
    assert_eq!(config.log.to_string(), "info");
}

#[test]
fn the_port_of_the_listener_is_the_one_of_the_default_origin() {
    let config = read(&[("LEPTOS_SITE_ADDR", "0.0.0.0:8080")], true).unwrap();
    assert_eq!(config.public_origin.as_str(), "http://localhost:8080");
    assert_eq!(complaints(&[("LEPTOS_SITE_ADDR", "8080")], true), ["LEPTOS_SITE_ADDR"]);
}

#[test]
fn blank_is_absent_except_where_it_means_off() {
    let config = read(&[("REDIS_URL", " "), ("CLERK_SECRET_KEY", ""), ("METRICS_ADDR", "")], true).unwrap();
    assert!(matches!(config.limits, LimitStore::InProcess));
    assert_eq!(config.metrics_addr, None);
}

#[test]
fn the_local_clerk_requires_membership_when_told_so() {
    for (word, required) in [("", false), ("optional", false), ("required", true)] {
        let config = read(&[("LOCAL_CLERK_MEMBERSHIP", word)], true).unwrap();
        assert_eq!(config.local_clerk_requires_membership, required, "{word}");
    }
    assert_eq!(complaints(&[("LOCAL_CLERK_MEMBERSHIP", "true")], true), ["LOCAL_CLERK_MEMBERSHIP"]);
}

#[test]
fn without_a_local_clerk_real_keys_are_needed() {
    assert_eq!(complaints(&[], false), ["CLERK_PUBLISHABLE_KEY", "CLERK_SECRET_KEY"]);
    assert_eq!(complaints(&[("PUBLIC_ORIGIN", "https://admin.example.com")], true), ["CLERK_PUBLISHABLE_KEY"]);
}

#[test]
fn the_operators_organization_is_an_id_or_nobody_operates() {
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
fn keys_in_each_others_place_are_refused() {
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
fn test_and_live_are_not_mixed() {
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
fn settings_of_an_instance_are_not_ignored_where_the_local_clerk_is_used() {
    for name in [
        "CLERK_JWT_KEY",
        "CLERK_API_URL",
        "CLERK_FAPI_URL",
        "CLERK_PROXY_URL",
        "CLERK_AUTHORIZED_PARTIES",
        "CLERK_WEBHOOK_SIGNING_SECRET",
        "CLERK_SIGN_IN_URL",
    ] {
        assert_eq!(complaints(&[(name, "/__clerk")], true), [name]);
        assert!(read(&[(name, " ")], true).is_ok(), "{name}");
    }
}

#[test]
fn people_sign_in_on_our_page_or_on_a_page_elsewhere() {
    let sign_in = |url: &'static str| {
        let origin = ("PUBLIC_ORIGIN", "https://admin.example.com");
        let config = read(&instance(&[origin, ("CLERK_SIGN_IN_URL", url)]), true)?;
        let ClerkSource::Instance(settings) = config.clerk else { panic!("local") };
        Ok::<_, Problems>(settings.sign_in_url)
    };
    for url in ["/sign-in", "/sign-in?x=1", "https://accounts.example.com/sign-in", "https://admin.example.com/login"] {
        assert_eq!(sign_in(url).unwrap(), url);
    }
    // Another application behind the same proxy: its path only begins like the dashboard's.
    let neighbour = "https://admin.example.com/admin-login";
    assert_eq!(sign_in(neighbour).unwrap(), neighbour);
    assert_eq!(sign_in("https://admin.example.com/sign-in").unwrap(), "/sign-in");
    for (url, problem) in [
        ("/admin", "is a page behind the sign-in"),
        ("/admin/members?page=1", "is a page behind the sign-in"),
        ("https://admin.example.com/admin", "is a page behind the sign-in"),
        ("/", "is a page without a sign-in form"),
        ("/sign-out", "is a page without a sign-in form"),
        ("/sign-in-custom", "has no page in this application, so it would answer 404"),
        ("/admin-login", "has no page in this application, so it would answer 404"),
        ("sign-in", "is neither a path of this application nor an absolute URL"),
        ("/sign-in/\\x", "is neither a path of this application nor an absolute URL"),
    ] {
        let problems = sign_in(url).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| problem.variable).collect();
        assert_eq!(found, ["CLERK_SIGN_IN_URL"], "{url}");
        assert!(problems.to_string().contains(problem), "{url}: {problems}");
    }
}

#[test]
fn the_proxy_of_clerk_is_on_the_public_origin_and_nowhere_else() {
    let proxy = |url: &'static str| {
        let origin = ("PUBLIC_ORIGIN", "https://admin.example.com");
        let config = read(&instance(&[origin, ("CLERK_PROXY_URL", url)]), true)?;
        let ClerkSource::Instance(settings) = config.clerk else { panic!("local") };
        Ok::<_, Problems>(settings.proxy_url.unwrap())
    };
    for url in ["/__clerk", "/__clerk/"] {
        assert_eq!(proxy(url).unwrap(), "/__clerk");
    }
    for url in [
        "https://admin.example.com/__clerk",
        "https://admin.example.com/__clerk/",
        "https://ADMIN.example.com:443/__clerk",
    ] {
        assert_eq!(proxy(url).unwrap(), "https://admin.example.com/__clerk", "{url}");
    }
    for url in [
        "https://elsewhere.example/__clerk",
        "https://www.admin.example.com/__clerk",
        "https://admin.example.com:8443/__clerk",
        "http://admin.example.com/__clerk",
        "https://admin.example.com/x/__clerk",
        "https://admin.example.com/__clerk?x",
        "https://user@admin.example.com/__clerk",
        "//admin.example.com/__clerk",
        "/x/__clerk",
        "__clerk",
    ] {
        let problems = proxy(url).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| problem.variable).collect();
        assert_eq!(found, ["CLERK_PROXY_URL"], "{url}");
        assert!(problems.to_string().contains("the public origin followed by /__clerk"), "{problems}");
    }
}

#[test]
fn a_key_or_an_address_with_a_blank_in_it_is_refused() {
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
fn what_is_logged_is_a_level_or_names_one() {
    for text in [
        "info",
        "WARN",
        "off",
        "3",
        "warn,gatehouse=debug",
        "warn, gatehouse=debug,",
        "gatehouse::limit=trace",
        "info,[request]=debug",
    ] {
        assert!(read(&[("RUST_LOG", text)], true).is_ok(), "{text}");
    }
    for text in
        ["shout", "inf", "gatehouse", "info,shout", "debug shout", "gatehouse=loud", "info;gatehouse=debug", "6"]
    {
        let problems = read(&[("RUST_LOG", text)], true).unwrap_err();
        assert!(problems.to_string().contains("RUST_LOG is not a log filter: use a level such as info"), "{problems}");
    }
}

#[test]
fn the_two_listeners_need_two_addresses() {
    let both = |site: &'static str, metrics: &'static str| [("LEPTOS_SITE_ADDR", site), ("METRICS_ADDR", metrics)];
    for (site, metrics) in [
        ("127.0.0.1:3000", "127.0.0.1:3000"),
        ("0.0.0.0:3000", "127.0.0.1:3000"),
        ("127.0.0.1:3000", "0.0.0.0:3000"),
        ("[::]:3000", "127.0.0.1:3000"),
        ("[::1]:3000", "[::]:3000"),
    ] {
        let problems = read(&both(site, metrics), true).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| problem.variable).collect();
        assert_eq!(found, ["METRICS_ADDR"], "{site} {metrics}");
        assert!(problems.to_string().contains("LEPTOS_SITE_ADDR"), "{problems}");
    }
    assert_eq!(complaints(&[("LEPTOS_SITE_ADDR", "127.0.0.1:9464")], true), ["METRICS_ADDR"]);
    for (site, metrics) in [
        ("127.0.0.1:3000", "127.0.0.1:3001"),
        ("127.0.0.1:3000", "127.0.0.2:3000"),
        ("0.0.0.0:3000", "[::1]:3000"),
        ("127.0.0.1:0", "127.0.0.1:0"),
        ("127.0.0.1:3000", ""),
    ] {
        assert!(read(&both(site, metrics), true).is_ok(), "{site} {metrics}");
    }
}

#[test]
fn a_missing_key_hides_no_other_problem() {
    let pairs = [("CLERK_PUBLISHABLE_KEY", PK_TEST), ("CLERK_API_URL", "ftp://x"), ("CLERK_JWT_KEY", "no key")];
    assert_eq!(complaints(&pairs, true), ["CLERK_SECRET_KEY", "CLERK_JWT_KEY", "CLERK_API_URL"]);
    let pairs = [("CLERK_SECRET_KEY", PK_TEST), ("CLERK_SIGN_IN_URL", "//x")];
    assert_eq!(complaints(&pairs, true), ["CLERK_PUBLISHABLE_KEY", "CLERK_SIGN_IN_URL"]);
}

#[test]
fn a_url_of_redis_is_read_as_the_client_reads_it() {
    for url in ["redis://h", "rediss://u:p@h:6380/3", "redis://[::1]:6379/"] {
        assert!(matches!(read(&[("REDIS_URL", url)], true).unwrap().limits, LimitStore::Redis(_)), "{url}");
    }
    for url in ["redis://", "redis://h/first", "redis://h:port", "redis:h", "h:6379"] {
        assert_eq!(complaints(&[("REDIS_URL", url)], true), ["REDIS_URL"], "{url}");
    }
}

const UPSTASH_URL: &str = "UPSTASH_REDIS_REST_URL";
const UPSTASH_TOKEN: &str = "UPSTASH_REDIS_REST_TOKEN";

#[test]
fn upstash_is_reached_over_https_or_on_the_loopback() {
    let read_url = |url| read(&[(UPSTASH_URL, url), (UPSTASH_TOKEN, "AX_opensesame-~+/==")], true);
    for url in [
        "https://eu1-a.upstash.io",
        " https://eu1-a.upstash.io/ ",
        "http://127.0.0.1:8079",
        "http://[::1]:80/",
        "http://localhost:1",
    ] {
        assert!(matches!(read_url(url).unwrap().limits, LimitStore::Upstash { .. }), "{url}");
    }
    for url in [
        "http://eu1-a.upstash.io",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "http://localhost@example.com/",
        "http://0.0.0.0:8079",
        "https://:opensesame@eu1-a.upstash.io/",
        "https://eu1-a.upstash.io/?_token=opensesame",
        "rediss://eu1-a.upstash.io:6379",
        "\"https://eu1-a.upstash.io\"",
        "eu1-a.upstash.io",
    ] {
        let problems = read_url(url).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.variable).collect::<Vec<_>>(), [UPSTASH_URL], "{url}");
        assert!(!format!("{problems} {problems:?}").contains("opensesame"), "{problems}");
    }
}

#[test]
fn upstash_needs_both_variables_and_no_redis_beside_it() {
    let (url, token) = ((UPSTASH_URL, "https://eu1-a.upstash.io"), (UPSTASH_TOKEN, "opensesame"));
    assert_eq!(complaints(&[url], true), [UPSTASH_TOKEN]);
    assert_eq!(complaints(&[token], true), [UPSTASH_URL]);
    assert_eq!(complaints(&[url, (UPSTASH_TOKEN, " ")], true), [UPSTASH_TOKEN]);
    let beside = read(&[url, token, ("REDIS_URL", "redis://h")], true).unwrap_err();
    assert_eq!(beside.iter().map(|problem| problem.variable).collect::<Vec<_>>(), [UPSTASH_URL, UPSTASH_TOKEN]);
    assert!(beside.iter().all(|problem| problem.remedy.contains("remove REDIS_URL")), "{beside}");
    for wrong in ["two words", "\"opensesame\"", "op\u{e9}n", "open\nsesame"] {
        assert_eq!(complaints(&[url, (UPSTASH_TOKEN, wrong)], true), [UPSTASH_TOKEN], "{wrong}");
    }
    let printed = format!("{:?}", read(&[url, token], true).unwrap());
    assert!(printed.contains("eu1-a.upstash.io") && !printed.contains("opensesame"), "{printed}");
}

#[test]
fn bytes_that_are_no_text_are_refused_and_not_taken_for_absent() {
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
fn the_site_of_a_release_and_the_one_of_development_lie_apart() {
    let site = |pairs: &[_], development| read(&[&instance(&[]), pairs].concat(), development).unwrap().site;
    assert_ne!(site(&[], true).root, site(&[], false).root);
    assert_eq!(site(&[("LEPTOS_SITE_ROOT", "/srv/site")], false).root, PathBuf::from("/srv/site"));
    assert!(site(&[("LEPTOS_HASH_FILES", "true")], false).hashed);
    // The scripts and the manifest name the same folders.
    let (manifest, build) = (include_str!("../../Cargo.toml"), include_str!("../../tools/build.sh"));
    assert!(manifest.contains(&format!("site-root = \"{}\"", site(&[], true).root.display())));
    assert!(build.contains(&format!("LEPTOS_SITE_ROOT={}", site(&[], false).root.display())));
}

#[test]
fn pages_reload_in_development_only() {
    let reload = |pairs: &[_], development| read(&[&instance(&[]), pairs].concat(), development).unwrap().site.reload;
    let watch = ("LEPTOS_WATCH", "true");
    assert_eq!(reload(&[], true), None);
    assert_eq!(reload(&[watch], false), None);
    assert_eq!(reload(&[watch], true), Some(Reload { port: 3001, tls: false }));
    let behind_a_proxy = [watch, ("LEPTOS_RELOAD_EXTERNAL_PORT", "443"), ("LEPTOS_RELOAD_WS_PROTOCOL", "wss")];
    assert_eq!(reload(&behind_a_proxy, true), Some(Reload { port: 443, tls: true }));
}

#[test]
fn a_security_contact_is_a_uri_that_finders_can_use() {
    let contacts =
        |text: &'static str| read(&[("SECURITY_CONTACT", text)], true).map(|config| config.security_contacts);
    for (text, expected) in [
        ("", &[] as &[&str]),
        ("security@example.com", &["mailto:security@example.com"]),
        ("mailto:security@example.com?subject=weakness", &["mailto:security@example.com?subject=weakness"]),
        ("https://example.com/security", &["https://example.com/security"]),
        ("tel:+49-30-555", &["tel:+49-30-555"]),
        ("HTTPS://example.com , a@example.com", &["https://example.com/", "mailto:a@example.com"]),
        ("größe@example.com", &["mailto:gr%C3%B6%C3%9Fe@example.com"]),
    ] {
        assert_eq!(contacts(text).unwrap(), expected, "{text}");
    }
    for text in [
        "nobody",
        "@example.com",
        "a@",
        "a@b@c",
        "http://example.com",
        "ftp://example.com",
        "javascript:alert(1)@example.com",
        "https://",
        "https://user:password@example.com/",
        "tel:",
        "mailto:",
        "mailto:nobody",
        "a@example.com,",
        "a@example.com b@example.com",
        "https://example.com/\nExpires: never",
    ] {
        assert_eq!(complaints(&[("SECURITY_CONTACT", text)], true), ["SECURITY_CONTACT"], "{text:?}");
    }
}

/// Every variable that is asked for, whichever way the configuration goes.
fn asked_for() -> BTreeSet<String> {
    let asked = RefCell::new(BTreeSet::new());
    for given in [&[] as &[(&str, &str)], &instance(&[])] {
        let source = |name: &str| {
            asked.borrow_mut().insert(name.to_owned());
            given.iter().find(|(found, _)| *found == name).map(|(_, value)| (*value).to_owned())
        };
        Config::read(&source, true).unwrap();
    }
    asked.into_inner()
}

#[test]
fn every_variable_is_explained_in_the_example_and_no_other() {
    let example = include_str!("../../.env.example").lines();
    let explained = example.filter_map(|line| Some(line.strip_prefix('#')?.split_once('=')?.0));
    let is_name = |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let explained: BTreeSet<_> = explained.filter(is_name).map(str::to_owned).collect();
    assert_eq!(explained, asked_for());
}

#[test]
fn a_report_names_variable_and_remedy_and_never_the_value() {
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

#[test]
fn two_webhook_secrets_stand_side_by_side_while_rotating() {
    let pairs = instance(&[(
        "CLERK_WEBHOOK_SIGNING_SECRET",
        "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0, whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcg==",
    )]);
    let ClerkSource::Instance(settings) = read(&pairs, false).unwrap().clerk else { panic!("local") };
    assert_eq!(settings.webhook_secrets.len(), 2);
}

#[test]
fn an_origin_is_exactly_an_origin() {
    for text in ["https://a.example", "http://localhost:3000", "https://a.example/", "https://A.example"] {
        assert!(PublicOrigin::parse(text).is_ok(), "{text}");
    }
    for text in [
        "a.example",
        "https://a.example/x",
        "https://u@a.example",
        "https://a.example?x",
        "ftp://a.example",
        "https://",
        "data:x",
    ] {
        assert!(PublicOrigin::parse(text).is_err(), "{text}");
    }
}

/// Messages of `clerk.rs` are the texts that begin with one of these verbs.
const VERBS: [&str; 2] = ["is ", "holds "];

fn texts_of(source: &str) -> impl Iterator<Item = &str> {
    source.split('"').skip(1).step_by(2)
}

#[test]
fn every_problem_with_clerk_is_explained_in_its_page() {
    let source = concat!(include_str!("clerk.rs"), include_str!("local_clerk.rs"));
    let page = include_str!("../../docs/clerk.md");
    let messages: Vec<_> = texts_of(source).filter(|text| VERBS.iter().any(|verb| text.starts_with(verb))).collect();
    assert_eq!(
        messages.len(),
        source.matches("problems.add(").count(),
        "a message begins with another verb: {messages:?}"
    );
    let unexplained: Vec<_> = messages.iter().filter(|message| !page.contains(&format!(" {message}`"))).collect();
    assert!(unexplained.is_empty(), "docs/clerk.md does not explain {unexplained:?}");
}

#[test]
fn what_the_page_about_clerk_quotes_is_still_said() {
    let page = include_str!("../../docs/clerk.md");
    let (_, table) = page.split_once("## What a start-up error means").unwrap();
    let (table, rest) = table.split_once("## When something is wrong").unwrap();
    let code = [
        include_str!("clerk.rs"),
        include_str!("local_clerk.rs"),
        include_str!("../gate.rs"),
        include_str!("../../clerk/src/authenticate/handshake_return.rs"),
        include_str!("../../server/src/start.rs"),
        include_str!("../../app/src/texts/statuses.rs"),
        include_str!("../../app/src/pages/sign_out.rs"),
        include_str!("../../app/src/shell.rs"),
        include_str!("../../app/src/shell/sign_in.rs"),
        include_str!("../../app/src/texts/refusals.rs"),
        include_str!("../../app/src/components/admin_frame.rs"),
    ]
    .concat();
    let rows: Vec<_> = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert!(rows.len() > 15, "{rows:?}");
    for row in rows {
        let (variable, what) = row.split_once(' ').unwrap();
        assert!(code.contains(what) && code.contains(variable) || variable == "PUBLIC_ORIGIN", "{row} is said no more");
    }
    for quoted in texts_of(rest) {
        let quoted = quoted.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(code.contains(&quoted), "{quoted} is said no more");
    }
}

#[test]
fn sessions_live_for_a_week_unless_told_otherwise() {
    assert_eq!(read(&[], true).unwrap().session_rules, Rules::default());
    let pairs = [("SESSION_MAX_AGE", "12h"), ("SESSION_IDLE_TIMEOUT", " 30m "), ("SESSION_SINGLE", "on")];
    let rules = Rules { max_age_ms: Some(43_200_000), idle_timeout_ms: Some(1_800_000), single: true };
    assert_eq!(read(&pairs, true).unwrap().session_rules, rules);
    let off = [("SESSION_MAX_AGE", "off"), ("SESSION_IDLE_TIMEOUT", "off"), ("SESSION_SINGLE", "off")];
    let rules = Rules { max_age_ms: None, idle_timeout_ms: None, single: false };
    assert_eq!(read(&off, true).unwrap().session_rules, rules);
}

#[test]
fn a_lifetime_that_is_none_is_refused_with_its_name_and_the_remedy() {
    for wrong in ["7", "0d", "59s", "never", "-1d", "3651d", "1h30m", "on"] {
        for name in ["SESSION_MAX_AGE", "SESSION_IDLE_TIMEOUT"] {
            let problems = read(&[(name, wrong)], true).unwrap_err().to_string();
            assert!(problems.contains(&format!("{name} is not a duration")), "{wrong}: {problems}");
            assert!(problems.contains("7d, 12h or 30m; off turns it off"), "{wrong}: {problems}");
        }
    }
    for wrong in ["true", "1", "yes", "7d"] {
        assert_eq!(complaints(&[("SESSION_SINGLE", wrong)], true), ["SESSION_SINGLE"], "{wrong}");
    }
}
