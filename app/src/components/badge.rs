//! A short word about a thing: a role, a state.

use leptos::prelude::*;

/// How much a badge stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// A fact.
    Plain,
    /// Something that people should notice.
    Warning,
}

/// The badge.
#[component]
pub(crate) fn Badge(#[prop(into)] text: String, #[prop(default = Tone::Plain)] tone: Tone) -> impl IntoView {
    let class = match tone {
        Tone::Plain => "badge",
        Tone::Warning => "badge badge-refused",
    };
    view! { <span class=class>{text}</span> }
}
