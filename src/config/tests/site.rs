//! Listeners, origin, site, security contact and log levels.

use super::*;

#[test]
fn the_port_of_the_listener_is_the_one_of_the_default_origin() {
    let config = read(&[("LEPTOS_SITE_ADDR", "0.0.0.0:8080")], true).unwrap();
    assert_eq!(config.public_origin.as_str(), "http://localhost:8080");
    assert_eq!(complaints(&[("LEPTOS_SITE_ADDR", "8080")], true), ["LEPTOS_SITE_ADDR"]);
}

#[test]
fn rust_log_contains_a_log_level() {
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
fn release_and_development_have_different_site_folders() {
    let site = |pairs: &[_], development| read(&[&instance(&[]), pairs].concat(), development).unwrap().site;
    assert_ne!(site(&[], true).root, site(&[], false).root);
    assert_eq!(site(&[("LEPTOS_SITE_ROOT", "/srv/site")], false).root, PathBuf::from("/srv/site"));
    assert!(site(&[("LEPTOS_HASH_FILES", "true")], false).hashed);
    // The scripts and the manifest name the same folders.
    let (manifest, build) = (include_str!("../../../Cargo.toml"), include_str!("../../../tools/build.sh"));
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
fn a_security_contact_is_a_uri_or_an_email_address() {
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

#[test]
fn an_origin_has_no_path_query_or_credentials() {
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
