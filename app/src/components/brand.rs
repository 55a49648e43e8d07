//! The product's name and logo.

use leptos::prelude::*;

/// The name and the logo, linked to the home page.
#[component]
pub(crate) fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/" rel="external">
            <svg viewBox="0 0 32 32" aria-hidden="true">
                <rect class="brand-tile" width="32" height="32" rx="8" />
                <path class="brand-arch" d="M8 25V14a8 8 0 0 1 16 0v11h-4V14a4 4 0 0 0-8 0v11z" />
            </svg>
            "Gatehouse"
        </a>
    }
}

/// The header of pages that need no sign-in.
#[cfg(feature = "ssr")]
#[component]
pub(crate) fn PublicHeader() -> impl IntoView {
    view! { <header class="bar"><div class="bar-inner"><Brand /></div></header> }
}
