//! `server check` as a checklist for production: what it says about a configuration that works and
//! is not how production should be.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::Router;
use axum::routing::get;
use http::header;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use support::binary::{outcome, run, scratch, site};

const SECRET_KEY: &str = "sk_live_notARealKeyButLongEnough";
/// The instance `clerk.example.com`.
const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
const TEST: &str = "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k";

/// A Backend API with this list of domains and a clock that is off by this number of seconds.
/// `None`: it has no such endpoint.
async fn clerk(domains: Option<Value>, clock_off_s: i64) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let folder = scratch();
    let options = local_clerk::Options { data_dir: folder.path().join("clerk"), ..local_clerk::Options::default() };
    let local = local_clerk::start(options).await.unwrap();
    let client = clerk::http_client::http_client(Duration::from_secs(5)).unwrap();
    let set = client.get(format!("{}/v1/jwks", local.api_url())).bearer_auth(local.secret_key());
    let set: Value = set.send().await.unwrap().json().await.unwrap();
    let date = move || {
        let theirs_ms = gatehouse::clock::Clock::default().now_ms() + clock_off_s * 1_000;
        httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(theirs_ms.unsigned_abs()))
    };
    let jwks = async move || ([(header::DATE, date())], axum::Json(set.clone()));
    let mut router = Router::new().route("/v1/jwks", get(jwks));
    if let Some(domains) = domains {
        router = router.route("/v1/domains", get(async move || axum::Json(domains.clone())));
    }
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn domains(host: &str) -> Option<Value> {
    Some(json!({ "data": [{ "object": "domain", "frontend_api_url": format!("https://{host}") }], "total_count": 1 }))
}

/// The findings of a check in this folder.
async fn check(folder: &Path, clerk: &str, more: &[(&str, &str)]) -> String {
    let site = site(folder);
    let mut variables = vec![
        ("LEPTOS_SITE_ROOT", site.as_str()),
        ("PUBLIC_ORIGIN", "https://admin.example.com"),
        ("TRUSTED_PROXY_HOPS", "1"),
        ("CLERK_PUBLISHABLE_KEY", LIVE),
        ("CLERK_SECRET_KEY", SECRET_KEY),
        ("CLERK_API_URL", clerk),
    ];
    variables.retain(|(name, _)| more.iter().all(|(other, _)| !other.starts_with(name)));
    variables.extend_from_slice(more);
    run(folder, &["check", "--json"], &variables).await.printed
}

#[tokio::test]
async fn check_compares_both_keys_by_the_domains_of_the_instance() {
    let folder = scratch();
    for (domains, expected, said) in [
        (domains("clerk.example.com"), "ok", "both belong to the instance of clerk.example.com"),
        (domains("clerk.another.example"), "failure", "take both keys from one instance"),
        (None, "ok", "only the first sign-in shows"),
    ] {
        let found = outcome(&check(folder.path(), &clerk(domains, 0).await, &[]).await, "Clerk keys");
        assert!(found.0 == expected && found.1.contains(said), "{found:?}");
    }
}

#[tokio::test]
async fn check_compares_the_clock_to_clerks() {
    let folder = scratch();
    for (off_s, expected, said) in [
        (0, "ok", "agrees"),
        (-60, "failure", "s ahead of Clerk's"),
        (60, "failure", "s behind Clerk's"),
        (4, "warning", "NTP"),
    ] {
        let found = outcome(&check(folder.path(), &clerk(None, off_s).await, &[]).await, "clock");
        assert!(found.0 == expected && found.1.contains(said), "{off_s}: {found:?}");
    }
}

#[tokio::test]
async fn check_warns_about_settings_of_development() {
    let folder = scratch();
    let clerk = clerk(None, 0).await;
    let report =
        check(folder.path(), &clerk, &[("CLERK_WEBHOOK_SIGNING_SECRET", "whsec_c2VjcmV0c2VjcmV0c2VjcmV0")]).await;
    for (subject, expected) in [
        ("origin", "ok"),
        ("instance", "ok"),
        ("webhooks", "ok"),
        ("parties", "ok"),
        ("metrics", "ok"),
        ("files", "ok"),
        ("retention", "ok"),
        // The tests run a build with the local Clerk.
        ("build", "warning"),
    ] {
        assert_eq!(outcome(&report, subject).0, expected, "{subject}: {report}");
    }
    for (variables, subject, said) in [
        (
            &[
                ("PUBLIC_ORIGIN", "http://localhost:3000"),
                ("CLERK_PUBLISHABLE_KEY", TEST),
                ("CLERK_SECRET_KEY", "sk_test_notARealKeyButLongEnough"),
            ][..],
            "origin",
            "no HSTS",
        ),
        (
            &[("CLERK_PUBLISHABLE_KEY", TEST), ("CLERK_SECRET_KEY", "sk_test_notARealKeyButLongEnough")],
            "instance",
            "use the live keys",
        ),
        (&[("METRICS_ADDR", "0.0.0.0:0")], "metrics", "may be public"),
        (
            &[("CLERK_AUTHORIZED_PARTIES", "https://admin.example.com,http://x.example")],
            "parties",
            "https origins only",
        ),
        (&[("CLERK_AUTHORIZED_PARTIES", "https://x.example")], "parties", "add it to the list"),
        (&[], "webhooks", "CLERK_WEBHOOK_SIGNING_SECRET is not set"),
        (&[], "database", "server migrate"),
    ] {
        let found = outcome(&check(folder.path(), &clerk, variables).await, subject);
        assert!(found.0 == "warning" && found.1.contains(said), "{variables:?}: {found:?}");
    }
}

#[tokio::test]
async fn check_finds_files_with_secrets_that_others_can_read() {
    let folder = scratch();
    let clerk = clerk(None, 0).await;
    let mode = |file: &str, mode| {
        let path = folder.path().join(file);
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    };
    let file = folder.path().join("key");
    std::fs::write(&file, format!("{SECRET_KEY}\n")).unwrap();
    std::fs::write(folder.path().join(".env"), "RUST_LOG=info\n").unwrap();
    let file = file.display().to_string();
    // In a folder of its owner only, a file is private whatever its own mode is.
    for (of_folder, of_key, of_env, expected, said) in [
        (0o755, 0o600, 0o600, "ok", "2 with secrets"),
        (0o755, 0o644, 0o600, "warning", "key of CLERK_SECRET_KEY_FILE"),
        (0o755, 0o600, 0o644, "warning", ".env holds secrets"),
        (0o700, 0o644, 0o644, "ok", "none is readable"),
    ] {
        mode("", of_folder);
        mode("key", of_key);
        mode(".env", of_env);
        let report = check(folder.path(), &clerk, &[("CLERK_SECRET_KEY_FILE", &file)]).await;
        let found = outcome(&report, "files");
        assert!(found.0 == expected && found.1.contains(said), "{of_folder:o} {of_key:o} {of_env:o}: {found:?}");
        assert_eq!(outcome(&report, "Clerk").0, "ok", "the file is not used: {report}");
        assert!(!report.contains("notARealKey"), "{report}");
    }
}
