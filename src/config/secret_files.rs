//! Files that hold one secret each: the file that `<VARIABLE>_FILE` names, and the files of
//! `CREDENTIALS_DIRECTORY`, which systemd sets for `LoadCredential=` (systemd.exec, "Credentials").
//!
//! A process's environment is easier to read than its files: it is inherited and printed by tools.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// A file from which a secret was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFile {
    /// The variable that names the file, or the secret itself for a file of
    /// `CREDENTIALS_DIRECTORY`.
    pub variable: &'static str,
    /// The file.
    pub path: PathBuf,
}

/// Each secret, and the variable that names its file.
const SECRETS: [(&str, &str); 6] = [
    ("CLERK_SECRET_KEY", "CLERK_SECRET_KEY_FILE"),
    ("CLERK_JWT_KEY", "CLERK_JWT_KEY_FILE"),
    ("CLERK_WEBHOOK_SIGNING_SECRET", "CLERK_WEBHOOK_SIGNING_SECRET_FILE"),
    ("DATABASE_URL", "DATABASE_URL_FILE"),
    ("REDIS_URL", "REDIS_URL_FILE"),
    ("UPSTASH_REDIS_REST_TOKEN", "UPSTASH_REDIS_REST_TOKEN_FILE"),
];

/// The largest file. The longest secret is a PEM of less than 2 KiB.
const MAX_BYTES: u64 = 64 * 1024;

/// The variable that names the file of this secret; `None`: the variable holds no secret.
pub(super) fn variable_of(name: &str) -> Option<&'static str> {
    SECRETS.iter().find(|(secret, _)| *secret == name).map(|(_, file)| *file)
}

/// The files in the folder that are named like the variable, in upper or in lower case. Both
/// spellings count, because a file that is silently ignored would mean a default instead.
pub(super) fn credentials(folder: &Path, name: &str) -> Vec<PathBuf> {
    let paths = [name.to_owned(), name.to_ascii_lowercase()].map(|file| folder.join(file));
    paths.into_iter().filter(|path| path.symlink_metadata().is_ok()).collect()
}

/// The text of the file without one newline at its end. The error is the problem and the remedy; it
/// names neither path nor content, because the variable may hold the secret itself by mistake.
pub(super) fn read(path: &Path) -> Result<String, (&'static str, &'static str)> {
    // Opening a pipe would block forever, so the type is checked first.
    let found = path.metadata().map_err(|error| unreadable(&error))?;
    if !found.is_file() {
        return Err(("leads to something that is not a regular file", "name a file that holds only the secret"));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| unreadable(&error))?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(("leads to a file of more than 64 KiB", "name a file that holds only the secret"));
    }
    let Ok(mut text) = String::from_utf8(bytes) else {
        return Err(("leads to a file that is not text in UTF-8", "write the secret again in UTF-8"));
    };
    if text.ends_with('\n') {
        text.pop();
        text.truncate(text.strip_suffix('\r').unwrap_or(&text).len());
    }
    if text.trim().is_empty() {
        return Err(("leads to an empty file", "write the secret into it, or remove the setting"));
    }
    Ok(text)
}

fn unreadable(error: &std::io::Error) -> (&'static str, &'static str) {
    if error.kind() == ErrorKind::NotFound {
        return ("leads to a file that does not exist", "correct the path, and mount or create that file");
    }
    if error.kind() == ErrorKind::PermissionDenied {
        return ("leads to a file that the server may not read", "give the server's user read access to the file");
    }
    ("leads to a file that cannot be read", "see that the path names a readable file")
}
