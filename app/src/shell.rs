//! The HTML document around every page. Only the server makes one.
//!
//! Only the dashboard loads scripts: the browser's half, and two small ones that also serve the
//! pages without it. Home, sign-out and errors are plain documents without a script.

mod document;
mod package_file;
mod sign_in;
mod switch_organization;

pub use document::ClerkTag;
pub use package_file::{hash_of, use_hashes};
pub use sign_in::{SignInPage, sign_in_page, sign_in_problem_page, signed_out_page};
pub use switch_organization::{OrganizationChoice, OrganizationChoices, switch_organization_page};

use crate::components::brand::PublicHeader;
use crate::components::error_message::ErrorPage;
use crate::pages::App;
use crate::pages::home::Home;
use crate::pages::sign_out::SignOut;
use crate::texts::statuses::title;
use document::{ClerkScript, End, Head, plain};
use domain::current_user::{CurrentUser, SignInState};
use domain::pages::{Page, PageDefinition};
use leptos::prelude::*;
use leptos_meta::MetaTags;
use package_file::package_file;

/// The document with the page of the request.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let appearance = use_context::<CurrentUser>().unwrap_or_default().appearance;
    provide_context(appearance);
    let [theme, contrast, density] = appearance.attributes();
    let hidden = Some(appearance.hidden.joined(" ")).filter(|hidden| !hidden.is_empty());
    let page = page_of_request();
    let is_in_dashboard = page.is_some_and(|page| page.permission.is_some());
    let is_interactive = page.is_some_and(|page| page.is_interactive);
    let scripts = is_interactive.then(|| view! { <BrowserHalf options=options.clone() /> });
    view! {
        <!DOCTYPE html>
        <html
            lang="en"
            data-theme=theme
            data-contrast=contrast
            data-density=density
            data-hidden=hidden
        >
            <head>
                <Head options />
                {scripts}
                {is_in_dashboard.then(|| view! { <Helpers /> })}
                {use_context::<ClerkTag>().map(|tag| view! { <ClerkScript tag /> })}
                <MetaTags />
            </head>
            <body>
                <App />
                <End />
            </body>
        </html>
    }
}

/// The home page for visitors in this state. Like every public document it has no script, no nonce
/// and no data of a person, so the server keeps it.
pub fn home_page(state: SignInState, options: LeptosOptions) -> impl IntoView {
    plain(options, Page::Home.definition().title, None, view! { <Home state /> })
}

/// The confirmation of a sign-out. `is_unfinished`: Clerk did not complete the last attempt.
pub fn sign_out_page(is_unfinished: bool, options: LeptosOptions) -> impl IntoView {
    plain(options, Page::SignOut.definition().title, None, view! { <SignOut is_unfinished /> })
}

/// Every component in its states. Development builds only.
#[cfg(debug_assertions)]
pub fn styleguide_page(url: &str, options: LeptosOptions) -> impl IntoView + use<> {
    // The components read the URL, which the router takes from here.
    provide_context(leptos_router::location::RequestUrl::new(url));
    plain(options, "Style guide", None, view! { <crate::pages::styleguide::Styleguide /><Helpers /> })
}

/// The document for an error that happened outside of any page.
pub fn error_page(status: u16, request_id: &str, options: LeptosOptions) -> impl IntoView {
    let request_id = request_id.to_owned();
    plain(options, title(status), None, view! { <ErrorPage status request_id /> })
}

/// Loads the browser's half. Unlike the framework's own scripts, `boot.js` reports a failure.
#[component]
fn BrowserHalf(options: LeptosOptions) -> impl IntoView {
    let script = package_file(&options, "js");
    let wasm = package_file(&options, "wasm");
    view! { <script defer src=BOOT data-script=script data-wasm=wasm></script> }
}

/// Loads the script that every page of the dashboard has, which loads `commands.js`.
#[component]
fn Helpers() -> impl IntoView {
    view! { <script defer src="/page.js"></script> }
}

/// The script that starts the browser's half.
const BOOT: &str = "/boot.js";

/// The files of a page for the header `Link` (RFC 8288), in the order in which the browser needs
/// them. The wasm is preloaded as `boot.js` fetches it; otherwise the browser would load it twice.
#[must_use]
pub fn preloads(options: &LeptosOptions, is_interactive: bool) -> String {
    let file = |kind| package_file(options, kind);
    let style = format!("<{}>; rel=preload; as=style", file("css"));
    if !is_interactive {
        return style;
    }
    let wasm = format!("<{}>; rel=preload; as=fetch; type=\"application/wasm\"; crossorigin", file("wasm"));
    format!("{style}, <{BOOT}>; rel=preload; as=script, <{}>; rel=modulepreload, {wasm}", file("js"))
}

/// The document for a browser with cookies of another Clerk instance; only developers see it.
pub fn foreign_cookies_page(options: LeptosOptions) -> impl IntoView {
    let body = view! {
        <PublicHeader />
        <main id="main" class="page">
            <div class="stack center">
                <p class="eyebrow">"Error 500"</p>
                <h1>"These cookies belong to another Clerk instance"</h1>
                <p class="lead">
                    "The Clerk keys of this application have changed, and this browser still has cookies of the previous instance. Clear the cookies of this site, then reload the page."
                </p>
                <a class="button" rel="external" href="/">"Go to home page"</a>
            </div>
        </main>
    };
    plain(options, "Other cookies", None, body)
}

fn page_of_request() -> Option<PageDefinition> {
    let parts = use_context::<http::request::Parts>()?;
    Page::at(parts.uri.path()).map(Page::definition)
}
