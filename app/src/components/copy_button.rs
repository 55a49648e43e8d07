//! A button that copies a text. `page.js` does the work, and the style hides the button until that
//! script runs: without JavaScript people select the text.

use leptos::prelude::*;

/// The button. A screen reader hears "Copied".
#[component]
pub(crate) fn CopyButton(
    /// The text to copy. A path on this site is copied as a whole address.
    text: String,
    /// Accessible name; begins with "Copy".
    label: &'static str,
    /// The visible text, a part of the accessible name.
    #[prop(default = "Copy")]
    shown: &'static str,
) -> impl IntoView {
    view! {
        <span class="copy">
            <button class="button button-quiet button-small" type="button" data-copy=text aria-label=label>
                {shown}
            </button>
            <span role="status"></span>
        </span>
    }
}
