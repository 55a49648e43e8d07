//! Serves Clerk's browser packages, unmodified. Pages ask for a major version (`@6`) and are redirected
//! to the exact one, as Clerk does.

use crate::model::refused::Refused;
use crate::packages::version;
use crate::server::Clerk;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// `/npm/@clerk/<name>@<version>/dist/<file>`
pub(super) async fn serve(
    State(clerk): State<Clerk>,
    Path((package, file)): Path<(String, String)>,
) -> Result<Response, Refused> {
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
    let content = tokio::fs::read(folder.join(name).join("dist").join(&file)).await;
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    content.map(|content| (headers, content).into_response()).map_err(|_| Refused::not_found())
}

/// Whether a text is a plain file name.
fn is_file_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    text.ends_with(".js") && !text.starts_with('.') && text.bytes().all(plain)
}
