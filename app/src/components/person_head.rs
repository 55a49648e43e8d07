//! The head of a page about one user: the way back to the list, the name, the email address and the
//! badges.

use super::erased::optional;
use super::person_badges::PersonBadges;
use domain::local_path::LocalPath;
use domain::pages::USER_ID;
use domain::refusal::Refusal;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The id of the user in the URL.
pub(crate) fn user_id_from_url() -> Signal<String> {
    let parameters = use_params_map();
    Signal::derive(move || parameters.read().get(USER_ID).unwrap_or_default())
}

/// The refusal that a page about one user shows. A text in the URL that cannot be an id names
/// nobody, so it is not found like any other unknown id.
pub(crate) fn refusal_of_page(refusal: Refusal) -> Refusal {
    if matches!(refusal, Refusal::InvalidInput { .. }) { Refusal::NotFound } else { refusal }
}

/// The head.
#[component]
pub(crate) fn PersonHead(
    /// The list: its page and its name.
    list: (LocalPath, &'static str),
    /// Name; the id where there is none.
    name: String,
    /// Email address, where known.
    email: Option<String>,
    /// Whether this is the current user.
    is_you: bool,
    /// Whether the account is banned.
    banned: bool,
    /// Whether the account is locked.
    locked: bool,
) -> impl IntoView {
    let (path, label) = list;
    view! {
        <div class="page-head">
            <nav aria-label="Breadcrumb"><a href=path.as_str().to_owned()>{label}</a></nav>
            <h1><bdi>{name}</bdi></h1>
            <p class="row muted">
                {optional(email.map(|email| view! { <bdi>{email}</bdi> }))}
                <PersonBadges is_you banned locked />
            </p>
        </div>
    }
}
