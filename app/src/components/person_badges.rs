//! The badges of a person.

use super::badge::{Badge, Tone};
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
    let badge = |is: bool, tone: Tone, text: &'static str| optional(is.then(|| view! { " "<Badge text tone /> }));
    view! {
        {badge(is_you, Tone::Plain, "you")}
        {badge(banned, Tone::Warning, "banned")}
        {badge(locked, Tone::Warning, "locked")}
    }
}
