//! The notice that the page is shown to an impersonator.

use leptos::prelude::*;

/// Stands on every page for as long as the impersonation lasts.
#[component]
pub(crate) fn ImpersonationNotice(
    /// Id of the impersonator.
    impersonator: String,
) -> impl IntoView {
    view! {
        <p class="notice notice-warning" role="status">
            "You act as somebody else: "<code translate="no">{impersonator}</code>" is signed in as this person. What you change is written down under both names."
        </p>
    }
}
