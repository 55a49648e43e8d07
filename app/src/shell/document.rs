//! The parts that every HTML document shares: the head, the script of Clerk's components, and a
//! document without the browser's half.

use super::package_file::package_file;
use crate::pages::document_title;
use domain::appearance::Appearance;
use domain::brand;
use domain::pages::Page;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// The settings of the script that loads Clerk's components.
#[derive(Clone, Debug)]
pub struct ClerkTag {
    /// Nonce of the page, for the scripts and styles that the components insert.
    pub nonce: String,
    /// Publishable key of the instance.
    pub publishable_key: String,
    /// URL of the Frontend API for browsers; empty for the instance's own host.
    pub proxy_url: String,
    /// URL of Clerk's core.
    pub clerk_js: String,
    /// URL of Clerk's components.
    pub clerk_ui: String,
}

/// A document without the browser's half, with or without Clerk's own components.
pub(super) fn plain(
    options: LeptosOptions,
    title: &str,
    clerk: Option<ClerkTag>,
    body: impl IntoView,
) -> impl IntoView {
    let [theme, contrast, density] = use_context::<Appearance>().unwrap_or_default().attributes();
    view! {
        <!DOCTYPE html>
        <html
            lang="en"
            data-theme=theme
            data-contrast=contrast
            data-density=density
        >
            <head>
                <Head options />
                <title inner_html=document_title(title.to_owned())></title>
                {clerk.map(|tag| view! { <ClerkScript tag /> })}
            </head>
            <body>{body}<End /></body>
        </html>
    }
}

/// Loads Clerk's own components.
#[component]
pub(super) fn ClerkScript(tag: ClerkTag) -> impl IntoView {
    view! {
        <script
            defer
            src="/clerk.js"
            nonce=tag.nonce
            data-publishable-key=tag.publishable_key
            data-proxy-url=tag.proxy_url
            data-clerk-js=tag.clerk_js
            data-clerk-ui=tag.clerk_ui
            data-sign-in=Page::SignIn.path()
            data-dashboard=Page::Dashboard.path()
        ></script>
    }
}

/// The metadata and the stylesheet of every document.
#[component]
pub(super) fn Head(options: LeptosOptions) -> impl IntoView {
    // Under `cargo leptos watch` every page with a nonce for the script reloads itself.
    let reload = (options.env == leptos::config::Env::DEV && use_nonce().is_some()).then(|| {
        let options = options.clone();
        view! { <AutoReload options /> }
    });
    let style = package_file(&options, "css");
    let scheme = use_context::<Appearance>().unwrap_or_default().color_scheme();
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content=scheme />
        <meta name="description" content=format!("{}.", brand::TAGLINE) />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href=style />
        <link rel="expect" href=format!("#{END}") blocking="render" />
        {reload}
    }
}

/// The id of [`End`].
const END: &str = "end";

/// The last element of every page. A browser waits for it before it draws (HTML, `rel="expect"`):
/// tables and rows of fields would take their final widths only with their last part, and move.
#[component]
pub(super) fn End() -> impl IntoView {
    view! { <i id=END hidden></i> }
}
