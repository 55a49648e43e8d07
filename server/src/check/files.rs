//! The part of `server check` about files that hold secrets: `.env`, and the files of single
//! secrets. Other users of the machine must not read them.

use super::report::Report;
use gatehouse::config::{Config, SecretFile};
use std::path::{Path, PathBuf};

pub(super) fn check(config: &Config, report: &mut Report) {
    const SUBJECT: &str = "files";
    let dot_env = dot_env();
    let mut readable = Vec::new();
    if let Some(path) = dot_env.as_deref().filter(|path| others_can_read(path)) {
        readable.push(path.display().to_string());
    }
    for SecretFile { variable, path } in config.secret_files.iter().filter(|file| others_can_read(&file.path)) {
        readable.push(format!("{} of {variable}", path.display()));
    }
    for file in &readable {
        let what = format!("{file} holds secrets, and every user of this machine can read it");
        report.warning(SUBJECT, what, "run chmod o-r on it, or restrict its folder");
    }
    if let (Some(path), false) = (&dot_env, cfg!(feature = "local-clerk")) {
        let what = format!("{} is here, and a production build does not read it", path.display());
        report.warning(SUBJECT, what, "set environment variables or <VARIABLE>_FILE, and remove it");
    }
    if readable.is_empty() {
        let count = config.secret_files.len() + usize::from(dot_env.is_some());
        report.fine(SUBJECT, format!("{count} with secrets, and none is readable by every user of this machine"));
    }
}

/// The `.env` file of this folder or of one above it, as a development build finds it.
fn dot_env() -> Option<PathBuf> {
    let folder = std::env::current_dir().ok()?;
    folder.ancestors().map(|folder| folder.join(".env")).find(|path| path.is_file())
}

/// Whether the file and the folder that holds it are open to others. A file in a private folder is
/// private.
#[cfg(unix)]
fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let allows = |path: &Path, bit: u32| path.metadata().is_ok_and(|found| found.permissions().mode() & bit != 0);
    // With the links resolved, because only the folders of the real file count.
    let Ok(path) = path.canonicalize() else { return false };
    allows(&path, 0o004) && path.ancestors().skip(1).all(|folder| allows(folder, 0o001))
}

#[cfg(not(unix))]
fn others_can_read(_: &Path) -> bool {
    false
}
