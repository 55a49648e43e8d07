//! Clerk's browser packages in a folder, as npm unpacks them: `clerk-js/` and `ui/`, each with
//! `package.json` and `dist/`. They are served as they are, or the `.gz` or `.br` beside them.
//! Pages ask for a major version (`@6`) and are redirected to the exact one, as Clerk does.

use crate::{model::Refused, model::Result, server::Clerk};
use axum::extract::{Path, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::services::ServeFile;

/// Whether a folder has both packages.
#[must_use]
pub fn are_in(folder: &std::path::Path) -> bool {
    ["clerk-js", "ui"].iter().all(|name| version(folder, name).is_some())
}

/// The version of a package.
fn version(folder: &std::path::Path, name: &str) -> Option<String> {
    let text = std::fs::read(folder.join(name).join("package.json")).ok()?;
    let package: serde_json::Value = serde_json::from_slice(&text).ok()?;
    Some(package.get("version")?.as_str()?.to_owned())
}

/// `/npm/@clerk/<name>@<version>/dist/<file>`
pub(super) async fn serve(clerk: Clerk, Path([package, file]): Path<[String; 2]>, asked: Request) -> Result<Response> {
    let (name, wanted) = package.split_once('@').ok_or_else(Refused::not_found)?;
    let folder = clerk.options.clerk_js.as_ref().filter(|_| matches!(name, "clerk-js" | "ui") && is_file_name(&file));
    let folder = folder.ok_or_else(Refused::not_found)?;
    let exact = version(folder, name).ok_or_else(Refused::not_found)?;
    if wanted != exact {
        let is_major = exact.split('.').next() == Some(wanted);
        let location = HeaderValue::from_str(&format!("/npm/@clerk/{name}@{exact}/dist/{file}"));
        let location = location.ok().filter(|_| is_major).ok_or_else(Refused::not_found)?;
        return Ok((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response());
    }
    let content = ServeFile::new(folder.join(name).join("dist").join(&file)).precompressed_br().precompressed_gzip();
    let content = content.oneshot(asked).await.ok().filter(|answer| answer.status() != StatusCode::NOT_FOUND);
    let headers =
        [(header::CACHE_CONTROL, "public, max-age=31536000, immutable"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    Ok((headers, content.ok_or_else(Refused::not_found)?).into_response())
}

/// Whether a text is a plain file name.
fn is_file_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    text.ends_with(".js") && !text.starts_with('.') && text.bytes().all(plain)
}
