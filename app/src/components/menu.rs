//! A button that opens a small list of links or buttons. The browser opens and closes it by itself;
//! `page.js` also closes it on Escape and on a click elsewhere.

use leptos::prelude::*;

/// The menu. It is for a place that would otherwise have a row of buttons.
#[component]
pub(crate) fn Menu(
    /// The text of the button.
    label: &'static str,
    /// The links, the buttons, or a form with them.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="menu">
            <summary class="button button-quiet button-small">{label}</summary>
            <div>{children()}</div>
        </details>
    }
}
