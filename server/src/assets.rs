//! Serves the files of the site: the code for the browser, the stylesheet, the icon.
//!
//! Release builds name files by their content, so browsers cache them for good. The build
//! compresses them. Most come from memory (`site_files`); the disk has the rest. A server with its
//! site inside reads nothing from the disk.

use crate::app_state::AppState;
use crate::embedded_site::IS_EMBEDDED;
use crate::site_files::{self, SiteFiles};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get};
use gatehouse::headers::{IMMUTABLE, REVALIDATE};
use http::{HeaderValue, StatusCode, header};
use std::path::Path;
use std::sync::Arc;
use tower::ServiceBuilder;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

/// The files beside the package. Their names have no hash.
pub(crate) const FILES: [&str; 5] = ["boot.js", "clerk.js", "commands.js", "favicon.svg", "page.js"];
/// Pictures of public pages. A site without them serves the pages as well.
const PICTURES: &[&str] = &[
    "overview-light.webp", // example:line home
    "overview-dark.webp",  // example:line home
];

pub(crate) fn routes(app: &AppState) -> Router<AppState> {
    let names = [&FILES[..], PICTURES].concat();
    let (router, files) = if IS_EMBEDDED {
        (without_disk(app, &names), SiteFiles::embedded(&app.leptos))
    } else {
        (from_disk(app, &names), SiteFiles::read(&app.leptos, &names))
    };
    router.layer(from_fn_with_state(Arc::new(files), site_files::answer))
}

/// The same routes without a folder behind them. A file that `SiteFiles` does not have is missing.
fn without_disk(app: &AppState, names: &[&str]) -> Router<AppState> {
    let missing: MethodRouter = get(async || StatusCode::NOT_FOUND);
    let router = Router::new().nest_service(&format!("/{}", app.leptos.site_pkg_dir), missing.clone());
    names.iter().fold(router, |router, name| router.route_service(&format!("/{name}"), missing.clone()))
}

fn from_disk(app: &AppState, names: &[&str]) -> Router<AppState> {
    let root = Path::new(app.leptos.site_root.as_ref());
    let package = root.join(app.leptos.site_pkg_dir.as_ref());
    let cached = |value| SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static(value));
    let hashed = if app.leptos.hash_files { IMMUTABLE } else { REVALIDATE };
    let package = ServiceBuilder::new().layer(cached(hashed)).service(
        ServeDir::new(package).append_index_html_on_directories(false).precompressed_br().precompressed_gzip(),
    );
    let file = |name: &str| {
        let file = ServeFile::new(root.join(name)).precompressed_br().precompressed_gzip();
        ServiceBuilder::new().layer(cached(REVALIDATE)).service(file)
    };
    let router = Router::new().nest_service(&format!("/{}", app.leptos.site_pkg_dir), package);
    names.iter().fold(router, |router, name| router.route_service(&format!("/{name}"), file(name)))
}
