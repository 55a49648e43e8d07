//! The binary itself: what it does with the words after its name, and what it refuses to start with.
#![cfg(feature = "local-clerk")]
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;

/// How a run ended, and what it said. A server that starts instead is ended.
struct Ended {
    /// `None`: it was still running.
    success: Option<bool>,
    said: String,
}

fn scratch() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Runs it in a folder of its own, with these variables and no others.
async fn run(folder: &Path, words: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command.args(words).current_dir(folder).env_clear().kill_on_drop(true);
    command.envs([
        ("METRICS_ADDR", ""),
        ("LEPTOS_SITE_ADDR", "127.0.0.1:0"),
        ("PUBLIC_ORIGIN", "http://localhost:3000"),
    ]);
    command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = command.spawn().unwrap();
    match tokio::time::timeout(Duration::from_secs(20), running.wait_with_output()).await {
        Ok(output) => {
            let output = output.unwrap();
            let said = [output.stdout, output.stderr].concat();
            Ended { success: Some(output.status.success()), said: String::from_utf8_lossy(&said).into_owned() }
        }
        Err(_) => Ended { success: None, said: "it was started".to_owned() },
    }
}

/// A folder with the names that a page of development asks for.
fn site(folder: &Path) -> String {
    let package = folder.join("site/pkg");
    std::fs::create_dir_all(&package).unwrap();
    for name in ["gatehouse.js", "gatehouse.wasm", "gatehouse.css", "../boot.js", "../clerk.js", "../favicon.svg"] {
        std::fs::write(package.join(name), "x").unwrap();
    }
    folder.join("site").display().to_string()
}

#[tokio::test]
async fn a_mistyped_command_starts_no_server() {
    for words in [&["chekc"][..], &["check", "--jsn"], &["serve", "now"], &["--serve"]] {
        let folder = scratch();
        let ended = run(folder.path(), words, &[("LEPTOS_SITE_ROOT", &site(folder.path()))]).await;
        assert_eq!(ended.success, Some(false), "{words:?}: {}", ended.said);
        assert!(ended.said.contains(words[0]) && ended.said.contains("usage: server"), "{}", ended.said);
        assert!(!folder.path().join("data").exists(), "{words:?} left something behind");
    }
}

#[tokio::test]
async fn help_is_no_error() {
    let ended = run(scratch().path(), &["--help"], &[]).await;
    assert_eq!(ended.success, Some(true), "{}", ended.said);
    assert!(ended.said.contains("check [--json]"), "{}", ended.said);
}

#[tokio::test]
async fn a_server_without_its_own_site_does_not_start() {
    let folder = scratch();
    let site = site(folder.path());
    std::fs::remove_file(folder.path().join("site/pkg/gatehouse.css")).unwrap();
    let ended = run(folder.path(), &[], &[("LEPTOS_SITE_ROOT", &site)]).await;
    assert_eq!(ended.success, Some(false), "{}", ended.said);
    for word in ["LEPTOS_SITE_ROOT", "pkg/gatehouse.css", "make build"] {
        assert!(ended.said.contains(word), "{word}: {}", ended.said);
    }
    let hashed = [("LEPTOS_SITE_ROOT", site.as_str()), ("LEPTOS_HASH_FILES", "true")];
    let ended = run(folder.path(), &["serve"], &hashed).await;
    assert_eq!(ended.success, Some(false), "{}", ended.said);
    assert!(ended.said.contains("LEPTOS_HASH_FILES") && ended.said.contains("hash.txt"), "{}", ended.said);
}

#[tokio::test]
async fn a_line_of_the_env_file_that_cannot_be_read_is_told_without_its_value() {
    let folder = scratch();
    std::fs::write(folder.path().join(".env"), "RUST_LOG=info\nCLERK_SECRET_KEY=sk test hunter2\n").unwrap();
    let ended = run(folder.path(), &["check"], &[("LEPTOS_SITE_ROOT", &site(folder.path()))]).await;
    assert_eq!(ended.success, Some(false), "{}", ended.said);
    assert!(ended.said.contains(".env") && ended.said.contains("RUST_LOG"), "{}", ended.said);
    assert!(!ended.said.contains("hunter2"), "{}", ended.said);
}

/// Findings of a subject, as a program reads them.
fn outcome(said: &str, subject: &str) -> (String, String) {
    let report: serde_json::Value = serde_json::from_str(said).unwrap_or_else(|_| panic!("no JSON: {said}"));
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["subject"] == subject).unwrap_or_else(|| panic!("{said}"));
    (found["outcome"].as_str().unwrap().to_owned(), found["text"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn check_tries_what_it_names_and_makes_nothing() {
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
async fn check_tells_every_problem_on_a_line_of_its_own() {
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
        let (outcome, text) = outcome(&ended.said, subject);
        assert!(outcome == "problem" && text.contains(word), "{subject}: {text}");
    }
    assert_eq!(outcome(&ended.said, "webhooks").0, "note");
    assert!(!ended.said.contains("notARealKey"), "{}", ended.said);
    let lines = run(folder.path(), &["check"], &variables).await.said;
    assert_eq!(lines.lines().filter(|line| line.starts_with("problem ")).count(), 4, "{lines}");
}

#[tokio::test]
async fn check_asks_clerk_with_the_key_that_it_was_given() {
    let folder = scratch();
    let options = local_clerk::Options { data_dir: folder.path().join("clerk"), ..local_clerk::Options::default() };
    let clerk = local_clerk::start(options).await.unwrap();
    let (site, api_url) = (site(folder.path()), clerk.api_url());
    for (secret_key, expected) in [(clerk.secret_key(), "ok"), ("sk_test_notARealKeyButLongEnough", "problem")] {
        let variables = [
            ("LEPTOS_SITE_ROOT", site.as_str()),
            ("CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k"),
            ("CLERK_SECRET_KEY", secret_key),
            ("CLERK_API_URL", &api_url),
        ];
        let ended = run(folder.path(), &["check", "--json"], &variables).await;
        assert_eq!(
            (outcome(&ended.said, "Clerk").0.as_str(), ended.success),
            (expected, Some(expected == "ok")),
            "{}",
            ended.said
        );
    }
}

#[tokio::test]
async fn check_tells_what_is_wrong_with_the_variables() {
    let folder = scratch();
    let variables = [("RUST_LOG", "gatehouse=loud"), ("TRUSTED_PROXY_HOPS", "many")];
    let ended = run(folder.path(), &["check"], &variables).await;
    assert_eq!(ended.success, Some(false), "{}", ended.said);
    for variable in ["RUST_LOG", "TRUSTED_PROXY_HOPS"] {
        let told = ended.said.lines().any(|line| line.starts_with("problem ") && line.contains(variable));
        assert!(told, "{variable}: {}", ended.said);
    }
}
