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
            "You are impersonating this user as "<code translate="no">{impersonator}</code>
            ". The audit log records your changes under both names."
        </p>
    }
}
