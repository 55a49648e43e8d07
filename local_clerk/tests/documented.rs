//! The documentation lists every option of the command line and every fault.

use std::process::Command;

const PAGE: &str = include_str!("../../docs/local-clerk.md");

#[test]
fn the_docs_list_the_options_of_help() {
    let output = Command::new(env!("CARGO_BIN_EXE_local_clerk")).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stderr).unwrap();
    let lines = help.lines().filter_map(|line| line.strip_prefix("  --"));
    let in_help: Vec<_> = lines.map(|line| format!("--{}", line.split("  ").next().unwrap())).collect();
    let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| `--"));
    let in_page: Vec<_> = rows.map(|row| format!("--{}", row.split('`').next().unwrap())).collect();
    assert!(in_help.len() > 5, "{help}");
    assert_eq!(in_page, in_help);
}

#[test]
fn the_docs_list_every_fault() {
    let source = include_str!("../src/faults.rs");
    let body = source.split("pub(crate) struct Faults {").nth(1).unwrap().split("\n}").next().unwrap();
    let members = body.lines().filter_map(|line| line.trim().split_once(": ")).map(|(name, _)| name);
    let members: Vec<_> =
        members.filter(|name| !name.starts_with('/')).map(|name| name.trim_start_matches("pub(crate) ")).collect();
    assert!(members.len() > 10, "{members:?}");
    for member in members {
        assert!(PAGE.contains(&format!("| `{member}` |")), "{member}");
    }
}

#[test]
fn an_invalid_option_is_reported_with_the_help() {
    for (arguments, words) in [
        (&["--origin", "https://admin.example.com"][..], "never serves an https origin"),
        (&["--origin", "http://localhost:3000", "--instance", "staging"], "development or production"),
        (&["--origin", "http://localhost:3000", "--membership", "true"], "optional or required"),
        (&["--origin", "http://localhost:3000", "--listen", "0.0.0.0:4400"], "loopback"),
        (&["--origin", "http://localhost:3000", "--webhook-time-scale", "7"], "0 to 1"),
        (&["--colour", "red"], "--colour is unknown"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output =
            Command::new(env!("CARGO_BIN_EXE_local_clerk")).args(arguments).current_dir(&folder).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(words), "{arguments:?}: {said}");
    }
}
