//! The first cell of a row about a person: name, email address and badges.

use super::erased::optional;
use leptos::prelude::*;

/// The cell.
#[component]
pub(crate) fn PersonCell(
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
    let badge = |is: bool, class: &'static str, text: &'static str| {
        optional(is.then(|| view! { " "<span class=class>{text}</span> }))
    };
    view! {
        <th role="rowheader" scope="row">
            <bdi>{name}</bdi>
            {badge(is_you, "badge", "you")}
            {badge(banned, "badge badge-refused", "banned")}
            {badge(locked, "badge badge-refused", "locked")}
            {optional(email.map(|email| view! { <div class="hint"><bdi>{email}</bdi></div> }))}
        </th>
    }
}
