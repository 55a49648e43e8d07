//! The part of cargo-generate that cargo-leptos names. It generates nothing.

use std::path::PathBuf;

/// Where a template comes from.
#[derive(Debug, Default)]
pub struct TemplatePath {
    pub git: Option<String>,
    pub branch: Option<String>,
    pub tag: Option<String>,
    pub path: Option<String>,
}

/// The arguments of `cargo leptos new`.
#[derive(Debug, Default)]
pub struct GenerateArgs {
    pub template_path: TemplatePath,
    pub name: Option<String>,
    pub force: bool,
    pub verbose: bool,
    pub init: bool,
}

/// # Errors
/// Always.
pub fn generate(_: GenerateArgs) -> anyhow::Result<PathBuf> {
    anyhow::bail!("this cargo-leptos belongs to a project: run `cargo install cargo-leptos` for one with `new`")
}
