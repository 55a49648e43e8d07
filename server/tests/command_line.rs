//! The command line of the binary, and the settings with which it refuses to start.
#![cfg(feature = "local-clerk")]

mod support;

use support::binary::{run, scratch, site};

#[tokio::test]
async fn an_unknown_command_starts_no_server() {
    for words in [&["chekc"][..], &["check", "--jsn"], &["serve", "now"], &["--serve"]] {
        let folder = scratch();
        let ended = run(folder.path(), words, &[("LEPTOS_SITE_ROOT", &site(folder.path()))]).await;
        assert_eq!(ended.code, Some(2), "{words:?}: {}", ended.said);
        assert!(ended.said.contains(words[words.len() - 1]) && ended.said.contains("Usage: server"), "{}", ended.said);
        assert!(ended.printed.is_empty(), "{}", ended.printed);
        assert!(!folder.path().join("data").exists(), "{words:?} left something behind");
    }
}

#[tokio::test]
async fn help_and_version_exit_with_success_and_print() {
    let help = run(scratch().path(), &["--help"], &[]).await;
    assert_eq!(help.code, Some(0), "{}", help.said);
    for word in [
        "serve",
        "check",
        "sync",
        "migrate",
        "backup",
        "healthy",
        "prune",
        "forget",
        "export",
        "Exit codes: 0",
        "--version",
    ] {
        assert!(help.printed.contains(word), "{word}: {}", help.printed);
    }
    for words in [&["--version"][..], &["check", "--version"]] {
        let version = run(scratch().path(), words, &[]).await;
        assert!(version.code == Some(0) && version.printed.contains(env!("CARGO_PKG_VERSION")), "{}", version.said);
    }
    let of_one = run(scratch().path(), &["check", "--help"], &[]).await;
    assert!(of_one.code == Some(0) && of_one.printed.contains("--json"), "{}", of_one.said);
}

#[tokio::test]
async fn a_server_without_its_own_site_does_not_start() {
    let folder = scratch();
    let site = site(folder.path());
    std::fs::remove_file(folder.path().join("site/pkg/app.css")).unwrap();
    let ended = run(folder.path(), &[], &[("LEPTOS_SITE_ROOT", &site)]).await;
    assert_eq!(ended.success, Some(false), "{}", ended.said);
    for word in ["LEPTOS_SITE_ROOT", "pkg/app.css", "make build"] {
        assert!(ended.said.contains(word), "{word}: {}", ended.said);
    }
    let hashed = [("LEPTOS_SITE_ROOT", site.as_str()), ("LEPTOS_HASH_FILES", "true")];
    let ended = run(folder.path(), &["serve"], &hashed).await;
    assert_eq!(ended.success, Some(false), "{}", ended.said);
    assert!(ended.said.contains("LEPTOS_HASH_FILES") && ended.said.contains("hash.txt"), "{}", ended.said);
}

#[tokio::test]
async fn an_unreadable_line_of_the_env_file_is_reported_without_its_value() {
    let folder = scratch();
    std::fs::write(folder.path().join(".env"), "RUST_LOG=info\nCLERK_SECRET_KEY=sk test hunter2\n").unwrap();
    let ended = run(folder.path(), &["check"], &[("LEPTOS_SITE_ROOT", &site(folder.path()))]).await;
    assert_eq!(ended.success, Some(false), "{}", ended.said);
    assert!(ended.said.contains(".env") && ended.said.contains("RUST_LOG"), "{}", ended.said);
    assert!(!ended.said.contains("hunter2"), "{}", ended.said);
}

#[tokio::test]
async fn an_unwritable_local_clerk_folder_is_reported_with_a_remedy() {
    let folder = scratch();
    std::fs::write(folder.path().join("data"), "a file where a folder should be").unwrap();
    let database = format!("sqlite://{}", folder.path().join("g.db").display());
    let variables = [("LEPTOS_SITE_ROOT", &*site(folder.path())), ("DATABASE_URL", &database)];
    let ended = run(folder.path(), &[], &variables).await;
    assert_eq!(ended.success, Some(false), "{}", ended.said);
    assert!(ended.said.contains("data/local_clerk") && ended.said.contains("write there"), "{}", ended.said);
    assert!(!ended.said.contains("delete it"), "{}", ended.said);
}
