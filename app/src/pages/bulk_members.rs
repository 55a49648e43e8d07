//! Part of `/admin/members`: the actions on the selected members, and the question before each.

use crate::api::{ChangeRoles, RemoveMembers, SignOutMembers};
use crate::components::bulk_outcome::BulkOutcome;
use crate::components::confirm_dialog::{ConfirmDialog, Question};
use crate::components::erased::{list, optional};
use crate::components::outcome::{field_error, submitted_text};
use crate::components::role_select::RoleSelect;
use crate::components::selection::{SelectBox, Selection, SelectionForm};
use crate::operation_action::{OperationAction, operation_action};
use crate::page_url::PageUrl;
use crate::texts::bulk::{BulkWords, CHANGE_ROLES, REMOVE_MEMBERS, SIGN_OUT_MEMBERS, about, members};
use domain::operation;
use domain::operation::{MemberView, RoleView};
use domain::pages::Page;
use domain::text::isolated;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The actions on several members, and the selection.
#[derive(Clone, Copy)]
pub(super) struct Bulk {
    roles: OperationAction,
    sign_out: OperationAction,
    remove: OperationAction,
    selection: Selection,
}

impl Bulk {
    pub(super) fn new() -> Self {
        Self {
            roles: operation_action::<ChangeRoles, operation::ChangeRoles>(),
            sign_out: operation_action::<SignOutMembers, operation::SignOutMembers>(),
            remove: operation_action::<RemoveMembers, operation::RemoveMembers>(),
            selection: Selection::new(),
        }
    }

    /// Increases when an answer may have changed the members.
    pub(super) fn revision(self) -> usize {
        self.with_words().into_iter().map(|(action, _)| action.revision()).sum()
    }

    /// Takes the rows of an answer for the selection. Nobody acts on themselves.
    pub(super) fn select_among(self, rows: &[MemberView]) {
        let location = use_location();
        let others = rows.iter().filter(|member| !member.is_you);
        let others = others.map(|member| (member.user_id.clone(), member.name.clone())).collect();
        self.selection.show(others, &untrack(|| PageUrl::of(&location)));
    }

    /// The box of a member's row.
    pub(super) fn box_for(self, member: &MemberView) -> Option<AnyView> {
        let pick = (!member.is_you).then(|| {
            let label = format!("Select {}", isolated(&member.name));
            view! { <SelectBox selection=self.selection id=member.user_id.clone() label /> }
        });
        optional(pick)
    }

    /// The list in the form with the buttons.
    pub(super) fn form(self, table: AnyView) -> AnyView {
        let class = |action: OperationAction| {
            let is_removal = action.operation() == self.remove.operation();
            if is_removal { "button button-danger button-small" } else { "button button-quiet button-small" }
        };
        let actions = self.with_words().map(|(action, words)| (action, words.button, class(action)));
        view! {
            <SelectionForm selection=self.selection action=Page::Members.path() row="member" actions>
                {table}
            </SelectionForm>
        }
        .into_any()
    }

    /// The outcomes of the last actions.
    pub(super) fn outcomes(self) -> AnyView {
        let selection = self.selection;
        list(self.with_words().map(|(action, words)| view! { <BulkOutcome action words selection /> })).into_any()
    }

    fn with_words(self) -> [(OperationAction, BulkWords); 3] {
        [(self.roles, CHANGE_ROLES), (self.sign_out, SIGN_OUT_MEMBERS), (self.remove, REMOVE_MEMBERS)]
    }
}

/// The questions before the actions.
#[component]
pub(super) fn BulkConfirmations(bulk: Bulk, roles: StoredValue<Vec<RoleView>>) -> impl IntoView {
    let selection = bulk.selection;
    let dialogs = bulk.with_words().map(|(action, words)| {
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
    let chosen = submitted_text(action, "role").unwrap_or_default();
    let error = field_error(action, "role");
    view! {
        <div class="field">
            <label for="bulk-role">"Role in the organization"</label>
            <RoleSelect id="bulk-role" roles selected=chosen />
            <p class="field-error" aria-live="polite">{error}</p>
        </div>
    }
}
