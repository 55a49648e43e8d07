//! The first cell of a row about a person: the name with the link to their page, the email address
//! and badges.

use super::erased::optional;
use super::person_badges::PersonBadges;
use domain::local_path::LocalPath;
use leptos::prelude::*;

/// The cell.
#[component]
pub(crate) fn PersonCell(
    /// The page of the person.
    page: LocalPath,
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
    view! {
        // The role says what `scope` would say in each row once more.
        <th role="rowheader">
            <a href=page.as_str().to_owned()><bdi>{name}</bdi></a>
            <PersonBadges is_you banned locked />
            {optional(email.map(|email| view! { <bdi>{email}</bdi> }))}
        </th>
    }
}
