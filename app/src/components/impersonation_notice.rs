//! The notice that the page is shown to an impersonator.

use domain::pages::Page;
use leptos::prelude::*;

/// Stands on every page for as long as the impersonation lasts.
#[component]
pub(crate) fn ImpersonationNotice(
    /// Name or id of the impersonator.
    impersonator: String,
    /// Name of the user who is impersonated.
    person: String,
) -> impl IntoView {
    view! {
        <div class="notice notice-warning notice-line" role="status">
            <p>
                <bdi>{impersonator}</bdi>" is signed in as "<bdi>{person}</bdi>
                ". The audit log records both names."
            </p>
            <form method="post" action=Page::SignOut.path()>
                <button class="button button-quiet button-small">"Stop"</button>
            </form>
        </div>
    }
}
