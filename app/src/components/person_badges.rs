//! The badges of a person.

use super::erased::optional;
use leptos::prelude::*;

/// The badges, each after a space.
#[component]
pub(crate) fn PersonBadges(
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
        {badge(is_you, "badge", "you")}
        {badge(banned, "badge badge-refused", "banned")}
        {badge(locked, "badge badge-refused", "locked")}
    }
}
