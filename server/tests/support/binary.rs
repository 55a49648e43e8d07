//! Runs the binary with its own variables.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// The exit status and the output of a run. A server that starts is stopped.
pub struct Ended {
    /// `None`: it was still running.
    pub success: Option<bool>,
    /// `None`: it was still running, or a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub printed: String,
    /// Standard output and standard error.
    pub said: String,
}

pub fn scratch() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn command(folder: &Path, words: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command.args(words).current_dir(folder).env_clear().kill_on_drop(true);
    command.envs([
        ("METRICS_ADDR", ""),
        ("LEPTOS_SITE_ADDR", "127.0.0.1:0"),
        ("PUBLIC_ORIGIN", "http://localhost:3000"),
    ]);
    command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts the binary in this folder, with these variables and no others, and leaves it running.
pub fn start(folder: &Path, variables: &[(&str, &str)]) -> Child {
    command(folder, &[], variables).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Runs the binary in this folder, with these variables and no others.
pub async fn run(folder: &Path, words: &[&str], variables: &[(&str, &str)]) -> Ended {
    let running = command(folder, words, variables).spawn().unwrap();
    match tokio::time::timeout(Duration::from_secs(20), running.wait_with_output()).await {
        Ok(output) => {
            let output = output.unwrap();
            let printed = String::from_utf8_lossy(&output.stdout).into_owned();
            let said = format!("{printed}{}", String::from_utf8_lossy(&output.stderr));
            Ended { success: Some(output.status.success()), code: output.status.code(), printed, said }
        }
        Err(_) => Ended { success: None, code: None, printed: String::new(), said: "it was started".to_owned() },
    }
}

/// Writes the files that a development page loads, and returns their folder.
pub fn site(folder: &Path) -> String {
    let package = folder.join("site/pkg");
    std::fs::create_dir_all(&package).unwrap();
    for name in ["app.js", "app.wasm", "app.css"] {
        std::fs::write(package.join(name), "x").unwrap();
    }
    for name in ["boot.js", "clerk.js", "commands.js", "favicon.svg", "page.js"] {
        std::fs::write(folder.join("site").join(name), "x").unwrap();
    }
    folder.join("site").display().to_string()
}

/// The outcome and the text of the finding about a subject.
pub fn outcome(said: &str, subject: &str) -> (String, String) {
    let report: serde_json::Value = serde_json::from_str(said).unwrap_or_else(|_| panic!("no JSON: {said}"));
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["subject"] == subject).unwrap_or_else(|| panic!("{said}"));
    (found["outcome"].as_str().unwrap().to_owned(), found["text"].as_str().unwrap().to_owned())
}
