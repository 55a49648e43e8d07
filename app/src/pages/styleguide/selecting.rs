//! The selection of rows.

use super::sample::Sample;
use crate::api::{ChangeRoles, RemoveMembers, SignOutMembers};
use crate::components::card_table::CardTable;
use crate::components::erased::list;
use crate::components::selection::{SelectBox, Selection, SelectionForm};
use crate::operation_action::operation_action;
use crate::page_url::PageUrl;
use domain::operation;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

const SELECTION: &str = r#"<SelectionForm selection action="/admin/members" row="member" actions>
    <CardTable label="Members" columns=&["Select", "Member"]>{list(rows)}</CardTable>
</SelectionForm>
<td role="cell"><SelectBox selection id label /></td>"#;

/// A list whose rows can be selected.
#[component]
pub(super) fn Selecting() -> impl IntoView {
    let actions = [
        (operation_action::<ChangeRoles, operation::ChangeRoles>(), "Change role", "button button-quiet button-small"),
        (
            operation_action::<SignOutMembers, operation::SignOutMembers>(),
            "Sign out everywhere",
            "button button-quiet button-small",
        ),
        (operation_action::<RemoveMembers, operation::RemoveMembers>(), "Remove", "button button-danger button-small"),
    ];
    let (selection, location) = (Selection::new(), use_location());
    let rows = ["Ada Lovelace", "Grace Hopper"].map(|name| (name.replace(' ', "_"), name.to_owned()));
    selection.show(rows.to_vec(), &untrack(|| PageUrl::of(&location)));
    let rows = rows.map(|(id, name)| {
        let label = format!("Select {name}");
        view! {
            <tr role="row">
                <td role="cell"><SelectBox selection id label /></td>
                <th role="rowheader" scope="row">{name}</th>
            </tr>
        }
    });
    view! {
        <Sample name="Selection" code=SELECTION>
            <SelectionForm selection action="/styleguide" row="member" actions>
                <CardTable label="Selected members" columns=&["Select", "Member"]>{list(rows)}</CardTable>
            </SelectionForm>
        </Sample>
    }
}
