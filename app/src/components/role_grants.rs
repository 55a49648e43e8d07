//! The permissions of each role.

use super::erased::list;
use domain::operation::RoleView;
use domain::text::isolated;
use leptos::prelude::*;

/// A list of the roles with their permissions, closed until it is asked for.
#[component]
pub(crate) fn RoleGrants(
    /// The roles.
    roles: StoredValue<Vec<RoleView>>,
) -> impl IntoView {
    let items = roles.with_value(|roles| {
        list(roles.iter().map(|role| {
            let grants: Vec<_> = role.grants.iter().map(|grant| isolated(grant)).collect();
            let grants = if grants.is_empty() { "No permissions".to_owned() } else { grants.join(", ") };
            view! { <div><dt><bdi>{role.name.clone()}</bdi></dt><dd>{grants}</dd></div> }
        }))
    });
    view! {
        <details class="card">
            <summary>"Permissions by role"</summary>
            <dl class="pairs">{items}</dl>
        </details>
    }
}
