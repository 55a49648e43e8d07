//! Secrets from files.

use super::*;
use std::path::Path;
use tempfile::TempDir;

const PLACES: &str = "is set in more than one place";

/// A folder with this file.
fn with_file(name: &str, content: impl AsRef<[u8]>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), content).unwrap();
    folder
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

fn secret_key(config: &Config) -> &str {
    match &config.clerk {
        ClerkSource::Instance(clerk) => clerk.secret_key.expose_secret(),
        ClerkSource::Local => "local",
    }
}

#[test]
fn every_secret_can_come_from_a_file() {
    let pem = include_str!("../../../clerk/tests/vectors/clerk/keys.json");
    let pem: serde_json::Value = serde_json::from_str(pem).unwrap();
    for (name, value) in [
        ("CLERK_SECRET_KEY", SK_TEST),
        ("CLERK_JWT_KEY", pem["public_key_spki_pem"].as_str().unwrap()),
        ("CLERK_WEBHOOK_SIGNING_SECRET", "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"),
        ("DATABASE_URL", "sqlite://from/a/file.db"),
        ("REDIS_URL", "redis://from-a-file"),
        ("UPSTASH_REDIS_REST_TOKEN", "from-a-file"),
    ] {
        let folder = with_file("secret", format!("{value}\n"));
        let (file, location) = (format!("{name}_FILE"), path(&folder, "secret"));
        let mut pairs = instance(&[]);
        pairs.retain(|(given, _)| *given != name);
        if name.starts_with("UPSTASH") {
            pairs.push(("UPSTASH_REDIS_REST_URL", "https://eu1-a.upstash.io"));
        }
        let given = |extra: &[(&str, &str)]| read(&[&pairs[..], extra].concat(), true);
        let direct = given(&[(name, value)]).unwrap();
        let config = given(&[(&file, &location)]).unwrap();
        assert_eq!(config.secret_files.len(), 1, "{name}");
        assert_eq!((config.secret_files[0].variable, &*config.secret_files[0].path), (&*file, Path::new(&location)));
        assert!(direct.secret_files.is_empty());
        assert_eq!(format!("{:?}{:?}", config.clerk, config.limits), format!("{:?}{:?}", direct.clerk, direct.limits));
        assert_eq!(config.database_url.expose_secret(), direct.database_url.expose_secret());
        assert_eq!(secret_key(&config), secret_key(&direct));
        let both = given(&[(name, value), (&file, &location)]).unwrap_err();
        let both: Vec<_> = both.iter().map(|problem| (problem.variable, problem.what)).collect();
        assert_eq!(both, [(name, PLACES)]);
    }
}

#[test]
fn the_credentials_of_systemd_are_read_in_either_case() {
    for name in ["DATABASE_URL", "database_url"] {
        let folder = with_file(name, "sqlite://from/systemd.db");
        let location = folder.path().display().to_string();
        let credentials = ("CREDENTIALS_DIRECTORY", location.as_str());
        let config = read(&[credentials], true).unwrap();
        assert_eq!(config.database_url.expose_secret(), "sqlite://from/systemd.db");
        assert_eq!(config.secret_files[0].variable, "DATABASE_URL");
        let file = path(&folder, name);
        for beside in [("DATABASE_URL", "sqlite://x.db"), ("DATABASE_URL_FILE", file.as_str())] {
            assert_eq!(complaints(&[credentials, beside], true), ["DATABASE_URL"], "{beside:?}");
        }
        std::fs::write(folder.path().join("DATABASE_URL"), "sqlite://x.db").unwrap();
        std::fs::write(folder.path().join("database_url"), "sqlite://x.db").unwrap();
        assert_eq!(complaints(&[credentials], true), ["DATABASE_URL"]);
    }
}

#[test]
fn one_newline_is_cut_and_nothing_else() {
    for (content, expected) in
        [("a", "a"), ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a \n", " a "), ("a\r", "a\r")]
    {
        let folder = with_file("secret", content);
        assert_eq!(crate::config::secret_files::read(&folder.path().join("secret")).unwrap(), expected, "{content:?}");
    }
}

#[test]
fn an_unusable_file_is_named_with_a_remedy_and_without_its_content() {
    let folder = with_file("binary", b"hunter2\xff");
    std::fs::write(folder.path().join("empty"), "\n").unwrap();
    std::fs::write(folder.path().join("large"), "hunter2".repeat(10_000)).unwrap();
    std::fs::write(folder.path().join("wrong"), "hunter2").unwrap();
    for (location, variable, what) in [
        ("nowhere", "CLERK_SECRET_KEY_FILE", "leads to a file that does not exist"),
        ("binary", "CLERK_SECRET_KEY_FILE", "leads to a file that is not text in UTF-8"),
        ("empty", "CLERK_SECRET_KEY_FILE", "leads to an empty file"),
        ("large", "CLERK_SECRET_KEY_FILE", "leads to a file of more than 64 KiB"),
        (".", "CLERK_SECRET_KEY_FILE", "leads to something that is not a regular file"),
        ("wrong", "CLERK_SECRET_KEY", "is not a secret key"),
    ] {
        let location = path(&folder, location);
        let pairs = [("CLERK_PUBLISHABLE_KEY", PK_TEST), ("CLERK_SECRET_KEY_FILE", location.as_str())];
        let problems = read(&pairs, true).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| (problem.variable, problem.what)).collect();
        assert_eq!(found, [(variable, what)]);
        assert!(!problems.to_string().contains("hunter2") && !problems.to_string().contains(&location), "{problems}");
    }
}

#[test]
fn a_blank_variable_leaves_the_file() {
    let folder = with_file("secret", "sqlite://from/a/file.db");
    let location = path(&folder, "secret");
    let config = read(&[("DATABASE_URL", " "), ("DATABASE_URL_FILE", &location)], true).unwrap();
    assert_eq!(config.database_url.expose_secret(), "sqlite://from/a/file.db");
}
