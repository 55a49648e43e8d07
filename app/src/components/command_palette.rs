//! The button that opens the command palette. `commands.js` has the palette, its words and the
//! shortcuts, so the pages without the application have them, too, and neither the documents nor
//! the wasm grow. The style hides the button until that script runs: without JavaScript there is
//! the navigation.

use leptos::prelude::*;

/// The button. The style shows the key.
#[component]
pub(crate) fn CommandButton() -> impl IntoView {
    view! { <button class="command">"Commands"</button> }
}
