//! The search of a list: a plain form, so that the address says what is searched for, with and without JavaScript. A living page goes there
//! by itself, so that the list stays until the next one is there.

use crate::ui::words;
use domain::input::{SEARCH, cleaned_search};
use domain::local_path::LocalPath;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// A list with what it is searched for.
pub(crate) fn searched(path: LocalPath, query: &str) -> LocalPath {
    if query.is_empty() { path } else { path.with_query(&[("query", query)]) }
}

/// What a list is asked for: everything, where what was typed cannot be searched for.
pub(crate) fn asked(typed: &str) -> String {
    if SEARCH.problem(typed).is_some() { String::new() } else { cleaned_search(typed) }
}

/// The form. What is wrong with a search is said here, and the list shows everything.
#[component]
pub(crate) fn Search(
    /// The list.
    path: LocalPath,
    /// What was typed into the form.
    typed: String,
) -> impl IntoView {
    let (action, narrowed) = (path.as_str().to_owned(), !cleaned_search(&typed).is_empty());
    let problem = SEARCH.problem(&typed);
    let wrong = problem.map(|problem| format!("{} The list shows everybody.", words::of_field("query", problem)));
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
                value=typed
                aria-invalid=problem.map(|_| "true")
                aria-describedby=problem.map(|_| "search-error")
                aria-label="Name, address or id"
                placeholder="Name, address or id"
            />
            <button class="button button-quiet button-small" type="submit">"Search"</button>
            {narrowed.then(|| view! { <a class="button button-quiet button-small" href=path.as_str().to_owned()>"Show all"</a> })}
            {wrong.map(|wrong| view! { <p id="search-error" class="field-error" role="alert">{wrong}</p> })}
        </form>
    }
}
