//! The URLs of the files that the build makes for the browser.

use leptos::prelude::LeptosOptions;
use std::sync::OnceLock;

static HASHES: OnceLock<String> = OnceLock::new();

/// Sets the lines of the hash file, for a server that has its site inside and no such file. The
/// first call counts, and only before the first page.
pub fn use_hashes(hashes: &str) {
    let _ = HASHES.set(hashes.to_owned());
}

/// URL of a file of the package. A release names the file by its content, and lists the names in
/// `hash_file`, which is read once.
pub(super) fn package_file(options: &LeptosOptions, kind: &str) -> String {
    let hashes = HASHES.get_or_init(|| {
        let server = std::env::current_exe().ok().filter(|_| options.hash_files);
        let file = server.and_then(|server| Some(server.parent()?.join(&*options.hash_file)));
        file.and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default()
    });
    let hash = hash_of(hashes, kind).map(|hash| format!(".{hash}"));
    format!("/{}/{}{}.{kind}", options.site_pkg_dir, options.output_name, hash.unwrap_or_default())
}

/// The hash in the name of the file of this kind (`js`, `wasm`, `css`), out of the lines
/// `kind: hash` of the hash file.
#[must_use]
pub fn hash_of<'a>(hashes: &'a str, kind: &str) -> Option<&'a str> {
    let mut pairs = hashes.lines().filter_map(|line| line.split_once(':'));
    pairs.find(|(found, _)| found.trim() == kind).map(|(_, hash)| hash.trim()).filter(|hash| !hash.is_empty())
}
