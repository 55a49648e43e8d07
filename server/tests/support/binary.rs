//! The binary itself, run with variables of its own.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;

/// How a run ended, and what it said. A server that starts instead is ended.
pub struct Ended {
    /// `None`: it was still running.
    pub success: Option<bool>,
    pub said: String,
}

pub fn scratch() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Runs it in a folder of its own, with these variables and no others.
pub async fn run(folder: &Path, words: &[&str], variables: &[(&str, &str)]) -> Ended {
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
pub fn site(folder: &Path) -> String {
    let package = folder.join("site/pkg");
    std::fs::create_dir_all(&package).unwrap();
    for name in ["gatehouse.js", "gatehouse.wasm", "gatehouse.css", "../boot.js", "../clerk.js", "../favicon.svg"] {
        std::fs::write(package.join(name), "x").unwrap();
    }
    folder.join("site").display().to_string()
}

/// Findings of a subject, as a program reads them.
pub fn outcome(said: &str, subject: &str) -> (String, String) {
    let report: serde_json::Value = serde_json::from_str(said).unwrap_or_else(|_| panic!("no JSON: {said}"));
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["subject"] == subject).unwrap_or_else(|| panic!("{said}"));
    (found["outcome"].as_str().unwrap().to_owned(), found["text"].as_str().unwrap().to_owned())
}
