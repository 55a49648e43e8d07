//! A person at the head of a row: name, address, and what is special about them.

use leptos::prelude::*;

/// The cell.
#[component]
pub(crate) fn Person(
    /// Name, else the id.
    name: String,
    /// Email address, where known.
    email: Option<String>,
    /// Whether this is the person who is looking.
    is_you: bool,
    /// Whether an administrator of the instance keeps them out.
    banned: bool,
    /// Whether they may not sign in.
    locked: bool,
) -> impl IntoView {
    let badge =
        |is: bool, class: &'static str, text: &'static str| is.then(|| view! { " "<span class=class>{text}</span> });
    view! {
        <th role="rowheader" scope="row">
            <bdi>{name}</bdi>
            {badge(is_you, "badge", "you")}
            {badge(banned, "badge badge-refused", "banned")}
            {badge(locked, "badge badge-refused", "locked")}
            {email.map(|email| view! { <div class="hint"><bdi>{email}</bdi></div> })}
        </th>
    }
}
