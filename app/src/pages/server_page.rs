//! The browser's half of a page that only the server renders.

use crate::browser::navigate_once;
use crate::page_url::PageUrl;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Loads the document, should the router ever come to such a page.
#[component]
pub(crate) fn ServerPage() -> impl IntoView {
    navigate_once(&PageUrl::current_path(&use_location()));
}
