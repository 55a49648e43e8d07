//! The choice of a role.

use super::erased::list;
use crate::texts::roles::role_name;
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
    /// Key of the selected role. Empty: the person has to choose one, and the field has the focus
    /// at first.
    selected: String,
) -> impl IntoView {
    let must_choose = selected.is_empty();
    let mut options =
        roles.with_value(|roles| roles.iter().map(|role| (role.key.clone(), isolated(&role.name))).collect::<Vec<_>>());
    if must_choose {
        options.insert(0, (String::new(), "Choose a role".to_owned()));
    } else if !options.iter().any(|(key, _)| *key == selected) {
        options.push((selected.clone(), isolated(&role_name(&[], &selected))));
    }
    let options = options.into_iter().map(|(key, name)| {
        let is_selected = key == selected;
        view! { <option value=key selected=is_selected>{name}</option> }
    });
    view! {
        <select id=id class="input" name="role" aria-label=label required=must_choose autofocus=must_choose>
            {list(options)}
        </select>
    }
}
