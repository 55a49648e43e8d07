//! Pages of a list.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The page that the address names, counted from 0.
pub(crate) fn page_of_address() -> Signal<u32> {
    let query = use_query_map();
    Signal::derive(move || query.read().get_str("page").and_then(|page| page.parse().ok()).unwrap_or(0))
}

/// Links to the neighbours of a page.
#[component]
pub(crate) fn Pager(
    /// Where the list stands.
    path: &'static str,
    /// This page.
    page: u32,
    /// Whether there is a next one.
    more: bool,
) -> impl IntoView {
    let link = move |page: u32, text: &'static str| view! { <a class="button button-quiet button-small" href=format!("{path}?page={page}")>{text}</a> };
    (page > 0 || more).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {page.checked_sub(1).map(|page| link(page, "Previous"))}
                {more.then(|| link(page + 1, "Next"))}
            </nav>
        }
    })
}
