//! The place of a list without entries: it says why, and how the first entry comes about.

use super::erased::optional;
use leptos::prelude::*;

/// The text, and what to do.
#[component]
pub(crate) fn EmptyState(
    text: &'static str,
    /// How the list gets an entry.
    #[prop(optional, into)]
    hint: Option<&'static str>,
    /// The link that helps: target and text.
    #[prop(optional, into)]
    link: Option<(String, &'static str)>,
) -> impl IntoView {
    view! {
        <div class="card empty-state">
            <p>{text}</p>
            {optional(hint.map(|hint| view! { <p class="muted">{hint}</p> }))}
            {optional(link.map(|(target, text)| view! { <a href=target>{text}</a> }))}
        </div>
    }
}
