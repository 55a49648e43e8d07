//! The search of a list: a GET form, so that the URL holds the search, with and without JavaScript.
//! With JavaScript the router navigates, so that the list stays until the next one has loaded.

use super::erased::optional;
use crate::texts::fields::field_message;
use domain::input::{TextRule, cleaned_search};
use domain::local_path::LocalPath;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// The path of a list with a search.
pub(crate) fn search_path(list: LocalPath, query: &str) -> LocalPath {
    if query.is_empty() { list } else { list.with_query(&[("query", query)]) }
}

/// The search that the list is asked for: everything, where the typed text is not valid.
pub(crate) fn valid_search(rule: TextRule, typed: &str) -> String {
    if rule.problem(typed).is_some() { String::new() } else { cleaned_search(typed) }
}

/// The form. It shows what is wrong with a search, and the list shows everything.
#[component]
pub(crate) fn SearchForm(
    /// The list.
    path: LocalPath,
    /// The rule of the operation's `query`.
    rule: TextRule,
    /// The text in the URL.
    typed: String,
) -> impl IntoView {
    let (action, narrowed) = (path.as_str().to_owned(), !cleaned_search(&typed).is_empty());
    let problem = rule.problem(&typed);
    let message = problem.map(|problem| format!("{} Showing all results.", field_message(Some(rule), problem)));
    let (field, navigate, list) = (NodeRef::<html::Input>::new(), use_navigate(), path.clone());
    let search = move |event: SubmitEvent| {
        if let Some(field) = field.get_untracked() {
            event.prevent_default();
            navigate(search_path(list.clone(), &field.value()).as_str(), Default::default());
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
                aria-label="Name, email or id"
                placeholder="Name, email or id"
            />
            <button class="button button-quiet button-small" type="submit">"Search"</button>
            {optional(narrowed.then(|| {
                view! { <a class="button button-quiet button-small" href=path.as_str().to_owned()>"Show all"</a> }
            }))}
            {optional(message.map(error))}
        </form>
    }
}

fn error(message: String) -> impl IntoView {
    view! { <p id="search-error" class="field-error" role="alert">{message}</p> }
}
