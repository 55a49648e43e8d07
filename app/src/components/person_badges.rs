//! The badges of a person.

use super::badge::{Badge, Tone};
use super::erased::list;
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
    let badges = [(is_you, Tone::Plain, "you"), (banned, Tone::Warning, "banned"), (locked, Tone::Warning, "locked")];
    let badges = badges.into_iter().filter(|(is, ..)| *is);
    list(badges.map(|(_, tone, text)| view! { " "<Badge text tone /> }))
}
