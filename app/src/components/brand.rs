//! The product's name and logo.

use domain::brand::{LOGO, NAME};
use leptos::prelude::*;

/// The name and the logo, linked to the home page.
#[component]
pub(crate) fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/" rel="external">
            <span aria-hidden="true" inner_html=LOGO></span>
            {NAME}
        </a>
    }
}

/// The header of pages that need no sign-in.
#[cfg(feature = "ssr")]
#[component]
pub(crate) fn PublicHeader() -> impl IntoView {
    view! { <header class="bar"><div class="bar-inner"><Brand /></div></header> }
}
