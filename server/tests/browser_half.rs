//! What the browser gets has nothing of the server in it.
//!
//! A `compile_error!` in the server's modules would never be read: their dependencies fail to build for the browser long before. So the
//! dependency graph itself is asked.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::Command;

const SERVER_ONLY: [&str; 14] = [
    "aws-lc-rs",
    "aws-lc-sys",
    "axum",
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
fn the_browsers_half_has_no_server_dependency() {
    let found = dependencies(&["--no-default-features", "--features", "hydrate", "--target", "wasm32-unknown-unknown"]);
    assert!(found.iter().any(|name| name == "gatehouse") && found.iter().any(|name| name == "leptos"), "{found:?}");
    let leaked: Vec<_> = SERVER_ONLY.iter().filter(|name| found.iter().any(|found| found == *name)).collect();
    assert!(leaked.is_empty(), "{leaked:?}");
}

#[test]
fn the_check_would_notice() {
    let found = dependencies(&["--no-default-features", "--features", "ssr"]);
    assert!(SERVER_ONLY.iter().filter(|name| found.iter().any(|found| found == *name)).count() > 10, "{found:?}");
}
