//! Source text with a button that copies it.

use super::copy_button::CopyButton;
use leptos::prelude::*;

/// The block. It is a region of its own for the keyboard, because a long text scrolls inside it.
#[component]
pub(crate) fn CodeBlock(
    /// The text.
    text: String,
    /// Accessible name: "Masked payload". Each block of a page has its own.
    #[prop(into)]
    label: String,
    /// Accessible name of the button; begins with "Copy".
    copy: &'static str,
) -> impl IntoView {
    view! {
        <div class="code-block">
            <pre class="code" tabindex="0" role="region" aria-label=label translate="no">
                <code>{text.clone()}</code>
            </pre>
            <CopyButton text label=copy />
        </div>
    }
}
