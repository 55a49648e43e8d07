//! Clerk's own browser packages, unmodified, from a folder as npm makes it: `clerk-js/` and `ui/`, each with `package.json` and `dist/`.
//!
//! Pages ask for a major (`@6`) and are sent to the exact version, as Clerk does; the parts that come later have the exact version in their address.

use crate::{Clerk, answer};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::path::PathBuf;

/// Whether a folder has both packages.
#[must_use]
pub fn are_in(folder: &std::path::Path) -> bool {
    ["clerk-js", "ui"].iter().all(|name| version(folder, name).is_some())
}

fn version(folder: &std::path::Path, name: &str) -> Option<String> {
    let text = std::fs::read(folder.join(name).join("package.json")).ok()?;
    let package: serde_json::Value = serde_json::from_slice(&text).ok()?;
    Some(package.get("version")?.as_str()?.to_owned())
}

/// `/npm/@clerk/<name>@<version>/dist/<file>`
pub(crate) async fn serve(State(clerk): State<Clerk>, Path((package, file)): Path<(String, String)>) -> Response {
    let Some((folder, name, asked)) = wanted(&clerk, &package) else { return answer::not_found() };
    let Some(exact) = version(&folder, name) else { return answer::not_found() };
    if !is_file_name(&file) {
        return answer::not_found();
    }
    if asked != exact {
        let major = exact.split('.').next().unwrap_or_default();
        let exact_url = HeaderValue::from_str(&format!("/npm/@clerk/{name}@{exact}/dist/{file}"));
        return match exact_url {
            Ok(location) if asked == major => {
                (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response()
            }
            _ => answer::not_found(),
        };
    }
    match tokio::fs::read(folder.join(name).join("dist").join(&file)).await {
        Ok(bytes) => {
            let headers = [
                (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            ];
            (headers, bytes).into_response()
        }
        Err(_) => answer::not_found(),
    }
}

fn wanted<'a>(clerk: &Clerk, package: &'a str) -> Option<(PathBuf, &'a str, &'a str)> {
    let (name, version) = package.split_once('@')?;
    let known = matches!(name, "clerk-js" | "ui");
    clerk.options.clerk_js.clone().filter(|_| known).map(|folder| (folder, name, version))
}

/// A name and nothing that climbs.
fn is_file_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    text.ends_with(".js") && !text.starts_with('.') && text.bytes().all(plain)
}
