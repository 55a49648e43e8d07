//! The script tag that loads Clerk's components. The table of pages decides which pages have it.

use crate::app_state::AppState;
use app::shell::ClerkTag;
use gatehouse::random::Token;

/// The majors of Clerk's browser packages that this application was tested with.
const CLERK_JS: &str = "/npm/@clerk/clerk-js@6/dist/clerk.browser.js";
const CLERK_UI: &str = "/npm/@clerk/ui@1/dist/ui.browser.js";

/// The settings of the script. `None`: the instance serves no components, and people sign in on
/// hosted pages.
pub(crate) fn tag(app: &AppState, nonce: &Token) -> Option<ClerkTag> {
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
