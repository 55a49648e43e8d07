//! Paging of a list.

use super::erased::optional;
use crate::page_url::PageUrl;
use domain::input::CURSOR;
use domain::local_path::LocalPath;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The place of the page in the URL; the first page where the URL names no valid one.
pub(crate) fn page_from_url() -> Signal<String> {
    let location = use_location();
    let is_valid = |page: &&str| CURSOR.problem(page).is_none();
    Signal::derive(move || PageUrl::of(&location).get("page").filter(is_valid).unwrap_or_default().to_owned())
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
    /// The place of the previous page.
    previous: Option<String>,
    /// The place of the next page.
    next: Option<String>,
) -> impl IntoView {
    let link = move |page: String, text: &'static str| {
        let target = path.with_query(&[("page", &page)]).as_str().to_owned();
        view! { <a class="button button-quiet button-small" href=target>{text}</a> }
    };
    (previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {optional(previous.map(|page| link(page, "Previous")))}
                {optional(next.map(|page| link(page, "Next")))}
            </nav>
        }
    })
}
