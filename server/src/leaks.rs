//! Searches the files that every browser can load for secrets.
//!
//! The built site contains each key that the browser's code spells out or reads with `env!`.
//! `tools/leaks.sh` runs the same search when a release is built.

use std::fmt;
use std::path::{Path, PathBuf};

/// A file of the site that contains a secret.
#[derive(Debug, PartialEq, Eq)]
pub struct Leak(PathBuf);

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} holds a secret (sk_… or whsec_…) where every browser can read it: roll that key in the Clerk \
             dashboard, take it out of the code for the browser (app and its dependencies; only the server reads \
             CLERK_SECRET_KEY), and build again",
            self.0.display()
        )
    }
}

impl std::error::Error for Leak {}

/// Searches every file of a folder. It skips unreadable files, because the server cannot serve them
/// either.
///
/// # Errors
/// The first file with a secret.
pub fn search(folder: &Path) -> Result<(), Leak> {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        // A link to a folder above would loop for ever, and so would a read of a pipe.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            search(&path)?;
        } else if path.is_file() && std::fs::read(&path).is_ok_and(|bytes| holds_secret(&bytes)) {
            return Err(Leak(path));
        }
    }
    Ok(())
}

/// Whether the bytes contain the prefix of a secret and at least 8 characters of it, so that a text
/// about secrets does not match.
fn holds_secret(bytes: &[u8]) -> bool {
    let underscores = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_');
    underscores.map(|(at, _)| (&bytes[..at], &bytes[at + 1..])).any(|(before, rest)| {
        let is_key = before.ends_with(b"sk") && [&b"test_"[..], b"live_"].iter().any(|mode| begins(rest, mode));
        is_key || (before.ends_with(b"whsec") && begins(rest, b""))
    })
}

fn begins(rest: &[u8], mode: &[u8]) -> bool {
    let key = rest.strip_prefix(mode).unwrap_or_default();
    key.len() >= 8 && key.iter().take(8).all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_anywhere_in_a_file_and_a_prefix_alone_is_not_one() {
        for text in [
            "sk_live_Abcd1234efgh",
            "x = \"sk_test_Abcd1234efgh\"",
            "__sk_live_Abcd1234",
            "whsec_AbCd12+/34",
            "a_b_whsec_AbCd12+/34",
        ] {
            assert!(holds_secret(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "_",
            "sk_",
            "sk_test_",
            "sk_live_…",
            "it begins with sk_test_ or sk_live_",
            "pk_live_Abcd1234efgh",
            "whsec_",
            "whsec_…",
            "task_list_of_all",
        ] {
            assert!(!holds_secret(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_folder_is_searched_recursively() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("pkg/deep");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(deep.join("a.js"), "x").unwrap();
        std::os::unix::fs::symlink(folder.path(), deep.join("above")).unwrap();
        assert_eq!(search(folder.path()), Ok(()));
        std::fs::write(deep.join("b.wasm"), [&[0, 159, 255][..], b"sk_live_Abcd1234efgh"].concat()).unwrap();
        assert_eq!(search(folder.path()), Err(Leak(deep.join("b.wasm"))));
    }
}
