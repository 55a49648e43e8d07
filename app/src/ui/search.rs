//! The search of a list: a plain form, so that the address says what is searched for, with and without JavaScript. A living page goes there
//! by itself, so that the list stays until the next one is there.

use gatehouse::input::SEARCH_CHARACTERS;
use gatehouse::places::SafePath;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// A list with what it is searched for.
pub(crate) fn searched(path: SafePath, query: &str) -> SafePath {
    if query.is_empty() { path } else { path.with_query(&[("query", query)]) }
}

/// The form.
#[component]
pub(crate) fn Search(
    /// The list.
    path: SafePath,
    /// What it is searched for now; blank is everything.
    query: String,
) -> impl IntoView {
    let (action, narrowed) = (path.as_str().to_owned(), !query.is_empty());
    let (field, navigate, list) = (NodeRef::<html::Input>::new(), use_navigate(), path.clone());
    let search = move |event: SubmitEvent| {
        if let Some(field) = field.get_untracked() {
            event.prevent_default();
            navigate(searched(list.clone(), &field.value()).as_str(), Default::default());
        }
    };
    view! {
        <form class="form-inline search" role="search" method="get" action=action on:submit=search>
            <input
                class="input"
                node_ref=field
                type="search"
                name="query"
                dir="auto"
                value=query
                maxlength=SEARCH_CHARACTERS.to_string()
                aria-label="Name, address or id"
                placeholder="Name, address or id"
            />
            <button class="button button-quiet button-small" type="submit">"Search"</button>
            {narrowed.then(|| view! { <a class="button button-quiet button-small" href=path.as_str().to_owned()>"Show all"</a> })}
        </form>
    }
}
