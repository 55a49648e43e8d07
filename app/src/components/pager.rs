//! Paging of a list.

use super::erased::optional;
use crate::page_url::PageUrl;
use domain::input::LAST_PAGE;
use domain::local_path::LocalPath;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The page in the URL, counted from 0 and capped at the last possible one.
pub(crate) fn page_from_url() -> Signal<u32> {
    let location = use_location();
    Signal::derive(move || {
        PageUrl::of(&location).get("page").and_then(|page| page.parse().ok()).unwrap_or(0).min(LAST_PAGE)
    })
}

/// The search in the URL, as it was typed.
pub(crate) fn query_from_url() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || PageUrl::of(&location).get("query").unwrap_or_default().to_owned())
}

/// Links to the previous and the next page.
#[component]
pub(crate) fn Pager(
    /// The list, with its search.
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
                {optional(page.checked_sub(1).map(|page| link(page, "Previous")))}
                {optional(more.then(|| link(page + 1, "Next")))}
            </nav>
        }
    })
}
