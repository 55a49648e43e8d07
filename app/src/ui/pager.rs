//! Pages of a list.

use super::address::Address;
use domain::input::LAST_PAGE;
use domain::local_path::LocalPath;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The page that the address names, counted from 0; beyond the last possible one, that one.
pub(crate) fn page_of_address() -> Signal<u32> {
    let location = use_location();
    Signal::derive(move || {
        Address::of(&location).get("page").and_then(|page| page.parse().ok()).unwrap_or(0).min(LAST_PAGE)
    })
}

/// What the address searches for, as it was typed.
pub(crate) fn query_of_address() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || Address::of(&location).get("query").unwrap_or_default().to_owned())
}

/// Links to the neighbours of a page.
#[component]
pub(crate) fn Pager(
    /// Where the list stands, with what it searches for.
    path: LocalPath,
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
