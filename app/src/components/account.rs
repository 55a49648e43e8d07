//! The current user, as Clerk has reported them.

use super::badge::Badge;
use super::copy_button::CopyButton;
use super::erased::optional;
use crate::texts::roles::role_name;
use leptos::prelude::*;

/// The card.
#[component]
pub(crate) fn Account(name: String, email: Option<String>, role: String, user_id: String) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="you-title">
            <h2 id="you-title">"Your account"</h2>
            <p><strong><bdi>{name}</bdi></strong></p>
            {optional(email.map(|email| view! { <p class="muted"><bdi>{email}</bdi></p> }))}
            <p class="row">
                <Badge text=role_name(&[], &role) />
                <code class="muted" translate="no">{user_id.clone()}</code>
                <CopyButton text=user_id label="Copy the id" />
            </p>
        </section>
    }
}
