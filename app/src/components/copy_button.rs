//! A button that copies a text. `boot.js` does the work, and the style hides the button until the
//! page is hydrated: without JavaScript people select the text.

use leptos::prelude::*;

/// The button. A screen reader hears "Copied".
#[component]
pub(crate) fn CopyButton(
    /// The text to copy.
    text: String,
    /// Accessible name; begins with "Copy".
    label: &'static str,
) -> impl IntoView {
    view! {
        <span class="copy">
            <button class="button button-quiet button-small" type="button" data-copy=text aria-label=label>
                "Copy"
            </button>
            <span role="status"></span>
        </span>
    }
}
