//! The URLs of the files that the build makes for the browser.

use leptos::prelude::LeptosOptions;
use std::sync::OnceLock;

/// URL of a file of the package. A release names the file by its content, and lists the names in
/// `hash_file`, which is read once.
pub(super) fn package_file(options: &LeptosOptions, kind: &str) -> String {
    static HASHES: OnceLock<String> = OnceLock::new();
    let hashes = HASHES.get_or_init(|| {
        let server = std::env::current_exe().ok().filter(|_| options.hash_files);
        let file = server.and_then(|server| Some(server.parent()?.join(&*options.hash_file)));
        file.and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default()
    });
    let hash = hashes.lines().filter_map(|line| line.split_once(':')).find(|(found, _)| *found == kind);
    let hash = hash.map(|(_, hash)| format!(".{}", hash.trim()));
    format!("/{}/{}{}.{kind}", options.site_pkg_dir, options.output_name, hash.unwrap_or_default())
}
