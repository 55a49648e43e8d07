//! The HTML document around every page. Only the server makes one.
//!
//! Only the dashboard loads the browser's half. Home, sign-out and errors are plain documents
//! without a script.

mod document;
mod sign_in;

pub use document::ClerkTag;
pub use sign_in::{SignInPage, sign_in_page, sign_in_problem_page, signed_out_page};

use crate::components::brand::PublicHeader;
use crate::components::error_message::ErrorPage;
use crate::pages::App;
use crate::texts::statuses::title;
use document::{ClerkScript, Head, plain};
use domain::pages::Page;
use leptos::prelude::*;
use leptos_meta::MetaTags;
use std::sync::OnceLock;

/// The document with the page of the request.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let scripts = is_interactive().then(|| view! { <BrowserHalf options=options.clone() /> });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <Head options />
                {scripts}
                {use_context::<ClerkTag>().map(|tag| view! { <ClerkScript tag /> })}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
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
    view! {
        <link rel="modulepreload" href=script.clone() />
        <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script defer src="/boot.js" data-script=script data-wasm=wasm></script>
    }
}

/// URL of a file of the browser's half. A release names the file by its content, and lists the
/// names in `hash_file`.
fn package_file(options: &LeptosOptions, kind: &str) -> String {
    static HASHES: OnceLock<String> = OnceLock::new();
    let hashes = HASHES.get_or_init(|| {
        let server = std::env::current_exe().ok().filter(|_| options.hash_files);
        let file = server.and_then(|server| Some(server.parent()?.join(&*options.hash_file)));
        file.and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default()
    });
    let hash = hashes.lines().filter_map(|line| line.split_once(':')).find(|(found, _)| *found == kind);
    let hash = hash.map(|(_, hash)| format!(".{}", hash.trim()));
    format!("/{}/{}{}.{kind}", options.site_pkg_dir, options.output_name, hash.unwrap_or_default())
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
    plain(options, "Other cookies – Gatehouse", None, body)
}

fn is_interactive() -> bool {
    let page = use_context::<http::request::Parts>().and_then(|parts| Page::at(parts.uri.path()));
    page.is_some_and(|page| page.definition().is_interactive)
}
