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
async fn check_finds_a_secret_key_in_what_browsers_load() {
    let folder = scratch();
    let site = site(folder.path());
    let file = folder.path().join("site/pkg/gatehouse.js");
    std::fs::write(&file, "const clerk = Clerk('sk_live_Abcd1234Abcd1234');").unwrap();
    let ended = run(folder.path(), &["check"], &[("LEPTOS_SITE_ROOT", &site)]).await;
    assert_eq!(ended.success, Some(false), "{}", ended.said);
    for word in ["gatehouse.js holds a secret", "roll that key", "build again"] {
        assert!(ended.said.contains(word), "{word}: {}", ended.said);
    }
    assert!(!ended.said.contains("Abcd1234"), "{}", ended.said);
}

/// Names, modes and contents of everything below, links not followed.
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
async fn check_changes_no_name_no_mode_and_no_byte() {
    use std::os::unix::fs::PermissionsExt;
    let folder = scratch();
    let site = site(folder.path());
    std::fs::write(folder.path().join("a file"), "x").unwrap();
    std::os::unix::fs::symlink(folder.path().join("nowhere.db"), folder.path().join("link.db")).unwrap();
    let file = folder.path().join("there.db");
    let url = format!("sqlite://{}", file.display());
    let _in_use = gatehouse::store::Store::open(&url.clone().into()).await.unwrap();
    assert!(folder.path().join("there.db-wal").exists());
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    let mut before = Vec::new();
    exactly(folder.path(), &mut before);
    for (database, expected, said) in [
        (url.as_str(), "ok", "opened"),
        ("sqlite://data/deep/g.db", "note", "not there yet"),
        ("sqlite://a file/g.db", "problem", "a file is no folder: name a file"),
        ("sqlite://link.db", "problem", "link.db is a link that leads nowhere: make what it leads to"),
        ("sqlite://link.db?mode=rw", "problem", "link.db is a link that leads nowhere"),
        ("sqlite://site", "problem", "names a folder"),
    ] {
        let variables = [("LEPTOS_SITE_ROOT", site.as_str()), ("DATABASE_URL", database)];
        let ended = run(folder.path(), &["check", "--json"], &variables).await;
        let (outcome, text) = outcome(&ended.said, "database");
        assert!(outcome == expected && text.contains(said), "{database}: {outcome} {text}");
        assert!(expected != "problem" || text.contains("DATABASE_URL"), "{text}");
        let mut found = Vec::new();
        exactly(folder.path(), &mut found);
        assert_eq!(found, before, "{database}");
    }
}

#[tokio::test]
async fn check_and_start_tell_of_listeners_that_are_not_to_be_had() {
    let folder = scratch();
    let site = site(folder.path());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (address, expected, said) in [
        (taken.as_str(), "note", "is in use"),
        ("127.0.0.1:0", "ok", "is free"),
        ("192.0.2.1:3000", "problem", "name an address of this machine"),
    ] {
        let variables = [("LEPTOS_SITE_ROOT", site.as_str()), ("LEPTOS_SITE_ADDR", address)];
        let ended = run(folder.path(), &["check", "--json"], &variables).await;
        let (outcome, text) = outcome(&ended.said, "listeners");
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
async fn a_data_folder_of_the_local_clerk_that_cannot_be_written_has_a_remedy_that_helps() {
    let folder = scratch();
    std::fs::write(folder.path().join("data"), "a file where a folder should be").unwrap();
    let database = format!("sqlite://{}", folder.path().join("g.db").display());
    let variables = [("LEPTOS_SITE_ROOT", &*site(folder.path())), ("DATABASE_URL", &database)];
    let ended = run(folder.path(), &[], &variables).await;
    assert_eq!(ended.success, Some(false), "{}", ended.said);
    assert!(ended.said.contains("data/local_clerk") && ended.said.contains("write there"), "{}", ended.said);
    assert!(!ended.said.contains("delete it"), "{}", ended.said);
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
