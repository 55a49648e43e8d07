//! The wasm build of `app` contains no server code.
//!
//! A `compile_error!` in the server's modules would never be read: their dependencies fail to build
//! for the browser long before. So the tests ask the dependency graph itself.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::Command;

const SERVER_ONLY: [&str; 16] = [
    "aws-lc-rs",
    "aws-lc-sys",
    "axum",
    "clerk",
    "gatehouse",
    "hyper",
    "jsonwebtoken",
    "leptos_axum",
    "local_clerk",
    "mio",
    "redis",
    "reqwest",
    "secrecy",
    "sqlx",
    "svix",
    "tokio",
];

fn dependencies(arguments: &[&str]) -> Vec<String> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--manifest-path",
            manifest,
            "--locked",
            "--offline",
            "--prefix",
            "none",
            "-e",
            "normal",
            "-p",
            "app",
        ])
        .args(arguments)
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let text = String::from_utf8(tree.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_wasm_build_has_no_server_dependency() {
    let found = dependencies(&["--no-default-features", "--features", "hydrate", "--target", "wasm32-unknown-unknown"]);
    assert!(found.iter().any(|name| name == "domain") && found.iter().any(|name| name == "leptos"), "{found:?}");
    let leaked: Vec<_> = SERVER_ONLY.iter().filter(|name| found.iter().any(|found| found == *name)).collect();
    assert!(leaked.is_empty(), "{leaked:?}");
}

#[test]
fn a_server_dependency_would_be_noticed() {
    let found = dependencies(&["--no-default-features", "--features", "ssr"]);
    assert!(SERVER_ONLY.iter().filter(|name| found.iter().any(|found| found == *name)).count() > 10, "{found:?}");
}

#[test]
fn a_release_with_a_secret_in_its_site_is_not_built() {
    let folder = tempfile::tempdir().unwrap();
    let leaks = || {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/leaks.sh");
        Command::new(script).arg(folder.path()).output().unwrap()
    };
    std::fs::write(folder.path().join("app.wasm"), b"\0asm a key begins with sk_live_ or sk_test_").unwrap();
    assert!(leaks().status.success());
    for secret in ["sk_live_Abcd1234Abcd1234", "sk_test_Abcd1234Abcd1234", "whsec_AbCd12+/AbCd12"] {
        std::fs::write(folder.path().join("app.wasm"), [b"\0asm\xff".as_slice(), secret.as_bytes()].concat()).unwrap();
        let found = leaks();
        let said = String::from_utf8_lossy(&found.stderr).into_owned();
        assert!(!found.status.success() && said.contains("app.wasm") && said.contains("roll that key"), "{said}");
    }
    let build = include_str!("../../tools/build.sh");
    assert!(build.contains("tools/leaks.sh target/site"), "make build does not look");
}
