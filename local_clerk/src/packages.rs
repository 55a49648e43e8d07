//! Clerk's browser packages in a folder, as npm unpacks them: `clerk-js/` and `ui/`, each with
//! `package.json` and `dist/`.

use std::path::Path;

/// Whether a folder has both packages.
#[must_use]
pub fn are_in(folder: &Path) -> bool {
    ["clerk-js", "ui"].iter().all(|name| version(folder, name).is_some())
}

/// The version of a package.
pub(crate) fn version(folder: &Path, name: &str) -> Option<String> {
    let text = std::fs::read(folder.join(name).join("package.json")).ok()?;
    let package: serde_json::Value = serde_json::from_slice(&text).ok()?;
    Some(package.get("version")?.as_str()?.to_owned())
}
