//! Pages of a list.

use gatehouse::places::SafePath;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The page that the address names, counted from 0.
pub(crate) fn page_of_address() -> Signal<u32> {
    let query = use_query_map();
    Signal::derive(move || query.read().get_str("page").and_then(|page| page.parse().ok()).unwrap_or(0))
}

/// What the address searches for; blank is everything.
pub(crate) fn query_of_address() -> Signal<String> {
    let query = use_query_map();
    Signal::derive(move || query.read().get("query").unwrap_or_default())
}

/// Links to the neighbours of a page.
#[component]
pub(crate) fn Pager(
    /// Where the list stands, with what it searches for.
    path: SafePath,
    /// This page.
    page: u32,
    /// Whether there is a next one.
    more: bool,
) -> impl IntoView {
    let link = move |page: u32, text: &'static str| {
        let target = path.with_query(&[("page", &page.to_string())]).as_str().to_owned();
        view! { <a class="button button-quiet button-small" href=target>{text}</a> }
    };
    (page > 0 || more).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {page.checked_sub(1).map(|page| link(page, "Previous"))}
                {more.then(|| link(page + 1, "Next"))}
            </nav>
        }
    })
}
