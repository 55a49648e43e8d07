//! The document around every page.
//!
//! Only the dashboard loads the browser's half: home, sign-out and errors are plain documents without a script.

use crate::App;
use crate::pages::errors::ErrorPage;
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};

/// What the server knows about who looks at a public page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Viewer {
    /// Whether somebody is signed in.
    pub signed_in: bool,
}

/// A document with the page of the request.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let scripts = is_interactive().then(|| {
        let options = options.clone();
        view! {
            <AutoReload options=options.clone() />
            <HydrationScripts options />
        }
    });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <Head options />
                {scripts}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// A whole document for an error that happened outside of any page.
pub fn error_page(status: u16, request_id: &str, options: LeptosOptions) -> impl IntoView {
    let request_id = request_id.to_owned();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <Head options />
                <title>{crate::pages::errors::title(status)}</title>
            </head>
            <body>
                <ErrorPage status request_id />
            </body>
        </html>
    }
}

#[component]
fn Head(options: LeptosOptions) -> impl IntoView {
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="A secure full-stack starter in Rust." />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <HashedStylesheet options id="style" />
    }
}

fn is_interactive() -> bool {
    #[cfg(feature = "ssr")]
    {
        let path = use_context::<http::request::Parts>().map(|parts| parts.uri.path().to_owned());
        path.is_some_and(|path| path == "/admin" || path.starts_with("/admin/"))
    }
    #[cfg(not(feature = "ssr"))]
    true
}
