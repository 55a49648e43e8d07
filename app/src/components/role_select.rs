//! The choice of a role.

use super::erased::list;
use domain::operation::RoleView;
use domain::text::isolated;
use leptos::prelude::*;

/// A select of the roles. A selected role that Clerk has not reported stays an option, or saving
/// the form would change it.
#[component]
pub(crate) fn RoleSelect(
    /// Id of the field, where a label stands beside it.
    #[prop(optional)]
    id: Option<&'static str>,
    /// Accessible name, where no label stands beside it.
    #[prop(optional, into)]
    label: Option<String>,
    /// The roles.
    roles: StoredValue<Vec<RoleView>>,
    /// Key of the selected role.
    selected: String,
) -> impl IntoView {
    let known =
        roles.with_value(|roles| roles.iter().map(|role| (role.key.clone(), role.name.clone())).collect::<Vec<_>>());
    let unknown = (!known.iter().any(|(key, _)| *key == selected)).then(|| (selected.clone(), selected.clone()));
    let options = known.into_iter().chain(unknown).map(|(key, name)| {
        let is_selected = key == selected;
        view! { <option value=key selected=is_selected>{isolated(&name)}</option> }
    });
    view! { <select id=id class="input" name="role" aria-label=label>{list(options)}</select> }
}
