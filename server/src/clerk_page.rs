//! What a page needs to bring Clerk's own components along, and which pages do.

use crate::pages;
use crate::start::App;
use app::shell::ClerkTag;
use axum::response::{IntoResponse, Response};
use gatehouse::headers::PRIVATE;
use gatehouse::random::Token;
use http::{StatusCode, header};

/// Majors of Clerk's browser packages that this application was tried with.
const CLERK_JS: &str = "/npm/@clerk/clerk-js@6/dist/clerk.browser.js";
const CLERK_UI: &str = "/npm/@clerk/ui@1/dist/ui.browser.js";

/// Whether the page at this path has Clerk's components; their headers are wider than those of other pages.
pub(crate) fn is_one(path: &str) -> bool {
    ["/admin", "/sign-in"]
        .iter()
        .any(|page| path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// What the script of the page is told; `None` where people sign in on hosted pages.
pub(crate) fn tag(app: &App, nonce: &Token) -> Option<ClerkTag> {
    app.clerk_components.then(|| {
        let base = app.clerk.proxy_url.clone().unwrap_or_else(|| app.clerk.publishable_key.issuer());
        ClerkTag {
            nonce: nonce.as_str().to_owned(),
            publishable_key: app.clerk.publishable_key.as_str().to_owned(),
            proxy_url: app.clerk.proxy_url.clone().unwrap_or_default(),
            clerk_js: format!("{base}{CLERK_JS}"),
            clerk_ui: format!("{base}{CLERK_UI}"),
        }
    })
}

/// Development only: a handshake came back that another instance signed. Another redirect would be a loop.
pub(crate) fn foreign_cookies(app: &App) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, [(header::CACHE_CONTROL, PRIVATE)], pages::foreign_cookies(app)).into_response()
}
