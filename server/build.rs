//! Writes the built site into the binary (feature `embed-site`): `FILES` has every file by its URL,
//! and `HASHES` the lines of `hash.txt`. `LEPTOS_SITE_ROOT` names another folder than that of
//! `make build`.

#![expect(clippy::disallowed_methods, reason = "cargo configures a build script by the environment")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The files of the package: `app.<hash>.<kind>` in a release, and `app.<kind>` otherwise.
const PACKAGE: &str = "/pkg/app.";
const KINDS: [&str; 3] = ["js", "wasm", "css"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_EMBED_SITE").is_none() {
        return Ok(());
    }
    println!("cargo::rerun-if-env-changed=LEPTOS_SITE_ROOT");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("..");
    let site = root.join(env::var_os("LEPTOS_SITE_ROOT").unwrap_or_else(|| "target/site".into()));
    println!("cargo::rerun-if-changed={}", site.display());
    let mut files = Vec::new();
    for (folder, url) in [(site.clone(), "/"), (site.join("pkg"), "/pkg/")] {
        let Ok(entries) = fs::read_dir(&folder) else {
            println!("cargo::error={} is no site: run `make build`, which builds it first", site.display());
            return Ok(());
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                files.push((format!("{url}{}", entry.file_name().to_string_lossy()), entry.path()));
            }
        }
    }
    files.sort();
    for kind in KINDS {
        if !files.iter().any(|(url, _)| url.starts_with(PACKAGE) && url.ends_with(&format!(".{kind}"))) {
            println!("cargo::error={} has no {PACKAGE}*.{kind}: run `make build` again", site.display());
        }
    }
    let target = Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("site.rs");
    fs::write(target, code(&files))
}

fn code(files: &[(String, PathBuf)]) -> String {
    let mut code = String::from("pub(crate) static FILES: &[(&str, &[u8])] = &[\n");
    let mut hashes = String::new();
    for (url, path) in files {
        let _ = writeln!(code, "    ({url:?}, include_bytes!({path:?})),");
        match url.strip_prefix(PACKAGE).and_then(|rest| rest.split_once('.')) {
            Some((hash, kind)) if KINDS.contains(&kind) => {
                let _ = writeln!(hashes, "{kind}: {hash}");
            }
            _ => {}
        }
    }
    let _ = writeln!(code, "];\npub(crate) const HASHES: &str = {hashes:?};");
    code
}
