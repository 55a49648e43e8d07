//! The document around every page.
//!
//! Only the dashboard loads the browser's half: home, sign-out and errors are plain documents without a script.

mod sign_in;

pub use sign_in::{Form, SignInPage, sign_in_page, signed_out_page, trouble_page};

use crate::App;
use crate::pages::errors::{ErrorPage, ForeignCookies};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};
use std::sync::OnceLock;

/// What the server knows about who looks at a public page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Viewer {
    /// Nobody is signed in.
    #[default]
    Nobody,
    /// Somebody who has something left to do before they are signed in.
    Pending,
    /// Somebody.
    SignedIn,
}

/// A sign-out of this browser has not been completed: the session may still run at Clerk.
#[derive(Clone, Copy, Debug)]
pub struct UnfinishedSignOut;

/// What the script that brings Clerk's components along is told.
#[derive(Clone, Debug)]
pub struct ClerkTag {
    /// Nonce of the page; the components insert scripts and styles under it.
    pub nonce: String,
    /// Names the instance.
    pub publishable_key: String,
    /// Where browsers reach the Frontend API; empty is the instance's own host.
    pub proxy_url: String,
    /// URL of Clerk's core.
    pub clerk_js: String,
    /// URL of Clerk's components.
    pub clerk_ui: String,
}

/// A document with the page of the request.
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

/// A whole document for an error that happened outside of any page.
pub fn error_page(status: u16, request_id: &str, options: LeptosOptions) -> impl IntoView {
    let request_id = request_id.to_owned();
    plain(options, crate::pages::errors::title(status), None, view! { <ErrorPage status request_id /> })
}

/// A document without the browser's half, with or without Clerk's own components.
fn plain(
    options: LeptosOptions,
    title: impl Into<String>,
    clerk: Option<ClerkTag>,
    body: impl IntoView,
) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <Head options />
                <title>{title.into()}</title>
                {clerk.map(|tag| view! { <ClerkScript tag /> })}
            </head>
            <body>{body}</body>
        </html>
    }
}

/// Loads the browser's half. Unlike the framework's own scripts `boot.js` says when that fails, and what then.
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

/// URL of a file of the browser's half. A release names it by its content, and has written down how.
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

/// Brings Clerk's own components along.
#[component]
fn ClerkScript(tag: ClerkTag) -> impl IntoView {
    view! {
        <script
            defer
            src="/clerk.js"
            nonce=tag.nonce
            data-publishable-key=tag.publishable_key
            data-proxy-url=tag.proxy_url
            data-clerk-js=tag.clerk_js
            data-clerk-ui=tag.clerk_ui
        ></script>
    }
}

/// A whole document for a browser whose cookies another instance made; only developers meet it.
pub fn foreign_cookies_page(options: LeptosOptions) -> impl IntoView {
    plain(options, "Other cookies – Gatehouse", None, view! { <ForeignCookies /> })
}

#[component]
fn Head(options: LeptosOptions) -> impl IntoView {
    // Under `cargo leptos watch` every page reloads that has a nonce for the script.
    let reload = (options.env == leptos::config::Env::DEV && use_nonce().is_some()).then(|| {
        let options = options.clone();
        view! { <AutoReload options /> }
    });
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="A secure full-stack starter in Rust." />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <HashedStylesheet options id="style" />
        {reload}
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
