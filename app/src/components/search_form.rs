//! The search of a list: a GET form, so that the URL holds the search, with and without JavaScript.
//! With JavaScript the router navigates, so that the list stays until the next one has loaded.

use super::erased::optional;
use crate::browser::fill_fields;
use crate::texts::fields::field_message;
use domain::input::{TextRule, cleaned_search};
use domain::local_path::LocalPath;
use domain::refusal::FieldProblem;
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

/// Shows the values of the URL in a form after "Back" or a link. A form is made again in its place,
/// and an attribute does not change a field that somebody has typed in. The caller must outlive the
/// form. A field with the focus stays, because somebody may have typed on.
pub(crate) fn follow_url(form: NodeRef<html::Form>, values: impl Fn() -> Vec<(&'static str, String)> + 'static) {
    Effect::new(move |before: Option<()>| {
        let values = values();
        if let Some(form) = form.get_untracked().filter(|_| before.is_some()) {
            fill_fields(&form, &values);
        }
    });
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
    /// The form, for [`follow_url`].
    #[prop(optional)]
    form: NodeRef<html::Form>,
) -> impl IntoView {
    let (all, field, navigate) = (path.as_str().to_owned(), NodeRef::<html::Input>::new(), use_navigate());
    let problem = rule.problem(&typed);
    let show_all = (!cleaned_search(&typed).is_empty()).then(|| show_all(all.clone()));
    let search = move |event: SubmitEvent| {
        if let Some(field) = field.get_untracked() {
            event.prevent_default();
            navigate(search_path(path.clone(), &field.value()).as_str(), Default::default());
        }
    };
    view! {
        <form class="form-inline search" node_ref=form role="search" method="get" action=all on:submit=search>
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
            {optional(show_all)}
            {optional(problem.map(|problem| error(rule, problem)))}
        </form>
    }
}

fn show_all(list: String) -> impl IntoView {
    view! { <a class="button button-quiet button-small" href=list>"Show all"</a> }
}

fn error(rule: TextRule, problem: FieldProblem) -> impl IntoView {
    let message = format!("{} Showing all results.", field_message(Some(rule), problem));
    view! { <p id="search-error" class="field-error" role="alert">{message}</p> }
}
