//! On the page of the members: the roles to choose from, and what each grants.

use crate::api::roles::RoleView;
use domain::text::isolated;
use leptos::prelude::*;

/// A choice of roles. One that Clerk has not told of is kept as a choice, or saving the form would change it.
#[component]
pub(crate) fn RoleSelect(
    /// Id of the field, where a label stands beside it.
    #[prop(optional)]
    id: Option<&'static str>,
    /// What the choice is about, where no label stands beside it.
    #[prop(optional, into)]
    label: Option<String>,
    /// The roles.
    roles: StoredValue<Vec<RoleView>>,
    /// Key of the one that is chosen.
    selected: String,
) -> impl IntoView {
    let known =
        roles.with_value(|roles| roles.iter().map(|role| (role.key.clone(), role.name.clone())).collect::<Vec<_>>());
    let unknown = (!known.iter().any(|(key, _)| *key == selected)).then(|| (selected.clone(), selected.clone()));
    let options = known.into_iter().chain(unknown).map(|(key, name)| {
        let chosen = key == selected;
        view! { <option value=key selected=chosen>{isolated(&name)}</option> }
    });
    view! { <select id=id class="input" name="role" aria-label=label>{options.collect_view()}</select> }
}

/// What each role grants, for whoever is about to give one.
#[component]
pub(crate) fn Grants(roles: StoredValue<Vec<RoleView>>) -> impl IntoView {
    let items = roles.with_value(|roles| {
        roles
            .iter()
            .map(|role| {
                let grants: Vec<_> = role.grants.iter().map(|grant| isolated(grant)).collect();
                let grants = if grants.is_empty() { "nothing here".to_owned() } else { grants.join(", ") };
                view! { <div><dt><bdi>{role.name.clone()}</bdi></dt><dd>{grants}</dd></div> }
            })
            .collect_view()
    });
    view! {
        <details class="card">
            <summary>"What the roles grant"</summary>
            <dl class="pairs">{items}</dl>
        </details>
    }
}
