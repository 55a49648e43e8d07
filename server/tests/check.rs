//! `server check`: the problems that it finds, and that it changes nothing.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use std::path::Path;
use std::time::Duration;
use support::binary::{outcome, run, scratch, site};

#[tokio::test]
async fn check_tests_each_dependency_and_creates_nothing() {
    let folder = scratch();
    let site = site(folder.path());
    let ended = run(folder.path(), &["check"], &[("LEPTOS_SITE_ROOT", &site)]).await;
    assert_eq!(ended.success, Some(true), "{}", ended.said);
    for word in ["database", "rate limits", "local Clerk", "SECURITY_CONTACT is not set", "Nothing is wrong"] {
        assert!(ended.said.contains(word), "{word}: {}", ended.said);
    }
    assert!(!folder.path().join("data").exists(), "it made a database");
}

#[tokio::test]
async fn check_finds_a_secret_key_in_the_site() {
    let folder = scratch();
    let site = site(folder.path());
    let file = folder.path().join("site/pkg/app.js");
    std::fs::write(&file, "const clerk = Clerk('sk_live_Abcd1234Abcd1234');").unwrap();
    let ended = run(folder.path(), &["check"], &[("LEPTOS_SITE_ROOT", &site)]).await;
    assert_eq!(ended.success, Some(false), "{}", ended.said);
    for word in ["app.js holds a secret", "roll that key", "build again"] {
        assert!(ended.said.contains(word), "{word}: {}", ended.said);
    }
    assert!(!ended.said.contains("Abcd1234"), "{}", ended.said);
}

/// The name, mode and content of everything below the folder. Links are not followed.
fn exactly(folder: &Path, found: &mut Vec<String>) {
    use std::os::unix::fs::MetadataExt;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let about = path.symlink_metadata().unwrap();
        let content = if about.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        let sum = content.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        found.push(format!("{} {:o} {} {sum}", path.display(), about.mode(), about.mtime_nsec()));
        if about.is_dir() {
            exactly(&path, found);
        }
    }
    found.sort();
}

#[tokio::test]
async fn check_changes_no_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = scratch();
    let site = site(folder.path());
    std::fs::write(folder.path().join("a file"), "x").unwrap();
    std::os::unix::fs::symlink(folder.path().join("nowhere.db"), folder.path().join("link.db")).unwrap();
    let file = folder.path().join("there.db");
    let url = format!("sqlite://{}", file.display());
    let _in_use = gatehouse::store::open(&url.clone().into()).await.unwrap();
    assert!(folder.path().join("there.db-wal").exists());
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    let mut before = Vec::new();
    exactly(folder.path(), &mut before);
    for (database, expected, said) in [
        (url.as_str(), "ok", "opened"),
        ("sqlite://data/deep/g.db", "warning", "not there yet"),
        ("sqlite://a file/g.db", "failure", "a file is not a folder: name a file"),
        ("sqlite://link.db", "failure", "link.db is a broken symbolic link: create its target"),
        ("sqlite://link.db?mode=rw", "failure", "link.db is a broken symbolic link"),
        ("sqlite://site", "failure", "names a folder"),
    ] {
        let variables = [("LEPTOS_SITE_ROOT", site.as_str()), ("DATABASE_URL", database)];
        let ended = run(folder.path(), &["check", "--json"], &variables).await;
        let (outcome, text) = outcome(&ended.printed, "database");
        assert!(outcome == expected && text.contains(said), "{database}: {outcome} {text}");
        assert!(expected != "failure" || text.contains("DATABASE_URL"), "{text}");
        let mut found = Vec::new();
        exactly(folder.path(), &mut found);
        assert_eq!(found, before, "{database}");
    }
}

#[tokio::test]
async fn check_and_start_report_listeners_that_cannot_bind() {
    let folder = scratch();
    let site = site(folder.path());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (address, expected, said) in [
        (taken.as_str(), "warning", "is in use"),
        ("127.0.0.1:0", "ok", "is free"),
        ("192.0.2.1:3000", "failure", "name an address of this machine"),
    ] {
        let variables = [("LEPTOS_SITE_ROOT", site.as_str()), ("LEPTOS_SITE_ADDR", address)];
        let ended = run(folder.path(), &["check", "--json"], &variables).await;
        let (outcome, text) = outcome(&ended.printed, "listeners");
        assert!(outcome == expected && text.contains(said) && text.contains("LEPTOS_SITE_ADDR"), "{outcome} {text}");
    }
    for (name, other) in [("LEPTOS_SITE_ADDR", "METRICS_ADDR"), ("METRICS_ADDR", "LEPTOS_SITE_ADDR")] {
        let variables = [("LEPTOS_SITE_ROOT", site.as_str()), (name, taken.as_str()), (other, "127.0.0.1:0")];
        let ended = run(folder.path(), &[], &variables).await;
        assert_eq!(ended.success, Some(false), "{}", ended.said);
        assert!(
            ended.said.contains(name) && ended.said.contains("end the program that listens there"),
            "{}",
            ended.said
        );
    }
    let same = [("LEPTOS_SITE_ADDR", "127.0.0.1:39460"), ("METRICS_ADDR", "127.0.0.1:39460")];
    for words in [&["check"][..], &["serve"]] {
        let ended = run(folder.path(), words, &same).await;
        assert_eq!(ended.success, Some(false), "{}", ended.said);
        assert!(ended.said.contains("METRICS_ADDR is the address of LEPTOS_SITE_ADDR"), "{}", ended.said);
    }
}

#[tokio::test]
async fn check_finds_a_proxy_that_is_not_counted() {
    let folder = scratch();
    let site = site(folder.path());
    for (origin, hops, address, expected, said) in [
        ("https://admin.example.com", "0", "127.0.0.1:0", "warning", "set it to the number of proxies"),
        ("https://admin.example.com", "1", "127.0.0.1:0", "ok", "1 may set"),
        ("https://admin.example.com", "1", "0.0.0.0:0", "warning", "only they reach 0.0.0.0:0"),
        ("http://localhost:3000", "0", "127.0.0.1:0", "ok", "none is trusted"),
    ] {
        let variables = [
            ("LEPTOS_SITE_ROOT", site.as_str()),
            ("LEPTOS_SITE_ADDR", address),
            ("PUBLIC_ORIGIN", origin),
            ("TRUSTED_PROXY_HOPS", hops),
            ("CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k"),
            ("CLERK_SECRET_KEY", "sk_test_notARealKeyButLongEnough"),
            ("CLERK_API_URL", "http://127.0.0.1:9"),
        ];
        let ended = run(folder.path(), &["check", "--json"], &variables).await;
        let (outcome, text) = outcome(&ended.printed, "proxies");
        assert!(outcome == expected && text.contains(said), "{origin} {hops}: {outcome} {text}");
    }
}

#[tokio::test]
async fn check_reports_each_problem_on_its_own_line() {
    let folder = scratch();
    let (text, other) = (folder.path().join("text.db"), folder.path().join("nowhere").display().to_string());
    std::fs::write(&text, "not a database, but long enough to be taken for the head of one".repeat(9)).unwrap();
    let database = format!("sqlite://{}", text.display());
    let variables = [
        ("LEPTOS_SITE_ROOT", other.as_str()),
        ("DATABASE_URL", &database),
        ("REDIS_URL", "redis://127.0.0.1:9/"),
        ("CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k"),
        ("CLERK_SECRET_KEY", "sk_test_notARealKeyButLongEnough"),
        ("CLERK_API_URL", "http://127.0.0.1:9"),
    ];
    let ended = run(folder.path(), &["check", "--json"], &variables).await;
    assert_eq!(ended.success, Some(false), "{}", ended.said);
    for (subject, word) in [
        ("site", "LEPTOS_SITE_ROOT"),
        ("database", "DATABASE_URL"),
        ("rate limits", "REDIS_URL"),
        ("Clerk", "CLERK_API_URL"),
    ] {
        let (outcome, text) = outcome(&ended.printed, subject);
        assert!(outcome == "failure" && text.contains(word), "{subject}: {text}");
    }
    assert_eq!(outcome(&ended.printed, "webhooks").0, "warning");
    assert!(!ended.said.contains("notARealKey"), "{}", ended.said);
    let lines = run(folder.path(), &["check"], &variables).await.said;
    assert_eq!(lines.lines().filter(|line| line.starts_with("failure ")).count(), 4, "{lines}");
}

#[tokio::test]
async fn check_calls_clerk_with_the_configured_key() {
    let folder = scratch();
    let options = local_clerk::Options { data_dir: folder.path().join("clerk"), ..local_clerk::Options::default() };
    let clerk = local_clerk::start(options).await.unwrap();
    let (site, api_url) = (site(folder.path()), clerk.api_url());
    for (secret_key, expected) in [(clerk.secret_key(), "ok"), ("sk_test_notARealKeyButLongEnough", "failure")] {
        let variables = [
            ("LEPTOS_SITE_ROOT", site.as_str()),
            ("CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k"),
            ("CLERK_SECRET_KEY", secret_key),
            ("CLERK_API_URL", &api_url),
        ];
        let ended = run(folder.path(), &["check", "--json"], &variables).await;
        assert_eq!(
            (outcome(&ended.printed, "Clerk").0.as_str(), ended.success),
            (expected, Some(expected == "ok")),
            "{}",
            ended.said
        );
    }
}

/// The PEM of an instance's key, as its dashboard shows it.
async fn pem_of(clerk: &local_clerk::LocalClerk) -> String {
    let client = clerk::http_client::http_client(Duration::from_secs(5)).unwrap();
    let request = client.get(format!("{}/v1/jwks", clerk.api_url())).bearer_auth(clerk.secret_key());
    let set: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    let modulus = BASE64_URL_SAFE_NO_PAD.decode(set["keys"][0]["n"].as_str().unwrap()).unwrap();
    // SubjectPublicKeyInfo of 2048 bits and 65537 (RFC 8017 appendix A.1.1).
    let head = "30820122300d06092a864886f70d01010105000382010f003082010a0282010100";
    let head = (0..head.len()).step_by(2).map(|at| u8::from_str_radix(&head[at..at + 2], 16).unwrap());
    BASE64_STANDARD.encode(head.chain(modulus).chain([2, 3, 1, 0, 1]).collect::<Vec<_>>())
}

#[tokio::test]
async fn check_finds_keys_of_two_instances() {
    let folder = scratch();
    let options = local_clerk::Options { data_dir: folder.path().join("clerk"), ..local_clerk::Options::default() };
    let clerk = local_clerk::start(options).await.unwrap();
    let (site, api_url, own) = (site(folder.path()), clerk.api_url(), pem_of(&clerk).await);
    let keys: serde_json::Value =
        serde_json::from_str(include_str!("../../clerk/tests/vectors/clerk/keys.json")).unwrap();
    for (pem, expected, said) in [
        (own.as_str(), "ok", "was fetched"),
        (keys["public_key_spki_pem"].as_str().unwrap(), "failure", "CLERK_JWT_KEY is the key of another instance"),
    ] {
        let variables = [
            ("LEPTOS_SITE_ROOT", site.as_str()),
            ("CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k"),
            ("CLERK_SECRET_KEY", clerk.secret_key()),
            ("CLERK_API_URL", &api_url),
            ("CLERK_JWT_KEY", pem),
        ];
        let ended = run(folder.path(), &["check", "--json"], &variables).await;
        let (outcome, text) = outcome(&ended.printed, "Clerk");
        assert!(outcome == expected && text.contains(said), "{outcome} {text}");
    }
}

#[tokio::test]
async fn check_reports_invalid_variables() {
    let folder = scratch();
    let variables = [("RUST_LOG", "gatehouse=loud"), ("TRUSTED_PROXY_HOPS", "many")];
    let ended = run(folder.path(), &["check"], &variables).await;
    assert_eq!(ended.success, Some(false), "{}", ended.said);
    for variable in ["RUST_LOG", "TRUSTED_PROXY_HOPS"] {
        let told = ended.said.lines().any(|line| line.starts_with("failure ") && line.contains(variable));
        assert!(told, "{variable}: {}", ended.said);
    }
}
