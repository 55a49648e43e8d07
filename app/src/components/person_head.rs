//! The head of a page about one user: the way back to the list, the name, the email address and the
//! badges. And the id of the user.

use super::avatar::Avatar;
use super::breadcrumb::Breadcrumb;
use super::copy_button::CopyButton;
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
            <Breadcrumb list=path label />
            <div class="row person-name"><Avatar name=name.clone() /><h1><bdi>{name}</bdi></h1></div>
            <p class="row muted">
                {optional(email.map(|email| view! { <bdi>{email}</bdi> }))}
                <PersonBadges is_you banned locked />
            </p>
        </div>
    }
}

/// The id of the person in a list of pairs, to be copied.
#[component]
pub(crate) fn PersonId(id: String) -> impl IntoView {
    view! {
        <div>
            <dt>"Id"</dt>
            <dd class="row"><code translate="no">{id.clone()}</code><CopyButton text=id label="Copy the id" /></dd>
        </div>
    }
}
