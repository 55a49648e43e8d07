//! Part of `/admin/members`: the actions on the selected members, and the question before each.

use crate::api::{ChangeRoles, RemoveMembers, SignOutMembers};
use crate::components::bulk_outcome::BulkOutcome;
use crate::components::confirm_dialog::{ConfirmDialog, Question};
use crate::components::erased::{list, optional};
use crate::components::outcome::{field_error, submitted_text};
use crate::components::role_select::RoleSelect;
use crate::components::selection::Selection;
use crate::operation_action::{OperationAction, operation_action};
use crate::page_url::PageUrl;
use crate::texts::bulk::{BulkWords, CHANGE_ROLES, REMOVE_MEMBERS, SIGN_OUT_MEMBERS, about, members};
use domain::operation;
use domain::operation::RoleView;
use domain::text::isolated;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The actions on several members.
#[derive(Clone, Copy)]
pub(super) struct BulkActions {
    roles: OperationAction,
    sign_out: OperationAction,
    remove: OperationAction,
}

impl BulkActions {
    pub(super) fn new() -> Self {
        Self {
            roles: operation_action::<ChangeRoles, operation::ChangeRoles>(),
            sign_out: operation_action::<SignOutMembers, operation::SignOutMembers>(),
            remove: operation_action::<RemoveMembers, operation::RemoveMembers>(),
        }
    }

    /// Increases when an answer may have changed the members.
    pub(super) fn revision(self) -> usize {
        self.with_words().into_iter().map(|(action, _)| action.revision()).sum()
    }

    /// The buttons of the list.
    pub(super) fn buttons(self) -> [(OperationAction, &'static str, &'static str); 3] {
        let class = |action: OperationAction| {
            let is_removal = action.operation() == self.remove.operation();
            if is_removal { "button button-danger button-small" } else { "button button-quiet button-small" }
        };
        self.with_words().map(|(action, words)| (action, words.button, class(action)))
    }

    fn with_words(self) -> [(OperationAction, BulkWords); 3] {
        [(self.roles, CHANGE_ROLES), (self.sign_out, SIGN_OUT_MEMBERS), (self.remove, REMOVE_MEMBERS)]
    }
}

/// The outcomes of the last actions.
pub(super) fn bulk_outcomes(actions: BulkActions, selection: Selection) -> AnyView {
    let outcomes = actions.with_words().map(|(action, words)| view! { <BulkOutcome action words selection /> });
    list(outcomes).into_any()
}

/// The questions before the actions.
#[component]
pub(super) fn BulkConfirmations(
    actions: BulkActions,
    selection: Selection,
    roles: StoredValue<Vec<RoleView>>,
) -> impl IntoView {
    let dialogs = actions.with_words().map(|(action, words)| {
        let question = move |ids: Vec<String>| ask(words, selection, &ids);
        let takes_role = action.text_rule("role").is_some();
        view! {
            <ConfirmDialog action question keeps_selection=true>
                <Chosen action selection />
                {optional(takes_role.then(|| view! { <Role action roles /> }))}
            </ConfirmDialog>
        }
    });
    list(dialogs)
}

fn ask(words: BulkWords, selection: Selection, ids: &[String]) -> Option<Question> {
    let ids = selection.among_rows(ids);
    let who = match ids.as_slice() {
        [] => return None,
        [id] => isolated(&selection.name_of(id)),
        ids => members(ids.len()),
    };
    let (title, fields) = (about(words.question, &who), vec![("user_ids", ids.join(" "))]);
    Some(Question { title, text: words.effect, verb: words.verb, fields })
}

/// The names of the members that the question is about, unless its title has the only one.
#[component]
fn Chosen(action: OperationAction, selection: Selection) -> impl IntoView {
    let location = use_location();
    let ids = untrack(|| PageUrl::of(&location)).confirming(action.operation()).unwrap_or_default();
    let ids = selection.among_rows(&ids);
    let names = ids.iter().map(|id| view! { <li><bdi>{selection.name_of(id)}</bdi></li> });
    optional(
        (ids.len() > 1)
            .then(|| view! { <ul class="chosen" tabindex="0" aria-label="Selected members">{list(names)}</ul> }),
    )
}

#[component]
fn Role(action: OperationAction, roles: StoredValue<Vec<RoleView>>) -> impl IntoView {
    let chosen = submitted_text(action, "role").unwrap_or_else(|| "member".to_owned());
    let error = field_error(action, "role");
    view! {
        <div class="field">
            <label for="bulk-role">"Role in the organization"</label>
            <RoleSelect id="bulk-role" roles selected=chosen />
            <p class="field-error" aria-live="polite">{error}</p>
        </div>
    }
}
