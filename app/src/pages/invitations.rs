//! Parts of `/admin/members`: the form that invites, and the tab with the pending invitations.

use crate::api::{InviteMember, ListInvitations, RevokeInvitation};
use crate::call_error::CallError;
use crate::components::confirm_dialog::{ConfirmDialog, ConfirmLink, Question};
use crate::components::erased::list;
use crate::components::loaded::loaded;
use crate::components::operation_form::{OperationForm, Submit};
use crate::components::outcome::{field_error, submitted_value};
use crate::components::outcome_notice::{OutcomeNotice, SuccessNotice};
use crate::components::role_select::RoleSelect;
use crate::components::timestamp::Timestamp;
use crate::load::{Load, load};
use crate::operation_action::{OperationAction, operation_action};
use domain::operation;
use domain::operation::{InvitationView, RoleView};
use domain::text::isolated;
use leptos::html;
use leptos::prelude::*;

/// The pending invitations and their actions. They live as long as the page, and not only until its
/// members are read again.
#[derive(Clone, Copy)]
pub(super) struct InvitationList {
    invite: OperationAction,
    revoke: OperationAction,
    pending: Load<Vec<InvitationView>>,
}

impl InvitationList {
    pub(super) fn new() -> Self {
        let invite = operation_action::<InviteMember, operation::InviteMember>();
        let revoke = operation_action::<RevokeInvitation, operation::RevokeInvitation>();
        let pending = load(move || (invite.revision(), revoke.revision()), |_| ListInvitations {});
        Self { invite, revoke, pending }
    }
}

/// The tab with the pending invitations.
#[component]
pub(super) fn PendingInvitations(list: InvitationList) -> impl IntoView {
    let InvitationList { revoke, pending, .. } = list;
    view! {
        <section class="card" aria-labelledby="invited-title">
            <h2 id="invited-title">"Pending invitations"</h2>
            {loaded(move || async move {
                match pending.await {
                    Ok(invitations) => view! { <Pending invitations revoke /> }.into_any(),
                    Err(CallError(_)) => view! { <p class="field-error">{NOT_LOADED}</p> }.into_any(),
                }
            })}
        </section>
    }
}

/// The number of pending invitations, for the tab.
pub(super) fn pending_count(list: InvitationList) -> AnyView {
    view! {
        <Transition>
            {move || Suspend::new(async move { list.pending.await.map(|found| format!(" ({})", found.len())).ok() })}
        </Transition>
    }
    .into_any()
}

/// The outcomes of the last actions on invitations whose form is gone.
pub(super) fn invitation_outcomes(list: InvitationList) -> AnyView {
    view! { <SuccessNotice action=list.revoke done="Invitation revoked." /> }.into_any()
}

/// The message that the tab and the list show in place of the invitations.
const NOT_LOADED: &str = "The invitations could not be loaded. Reload the page.";

/// The form that invites, above the list.
#[component]
pub(super) fn InviteForm(list: InvitationList, roles: StoredValue<Vec<RoleView>>) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="invite-title">
            <h2 id="invite-title">"Invite a member"</h2>
            <Invite roles invite=list.invite />
        </section>
    }
}

#[component]
fn Invite(roles: StoredValue<Vec<RoleView>>, invite: OperationAction) -> impl IntoView {
    let role_error = field_error(invite, "role");
    let role = submitted_value::<InviteMember>("role").unwrap_or_else(|| "member".to_owned());
    view! {
        <OperationForm action=invite class="form-inline">
            <AddressField invite />
            <div class="field">
                <label for="invited-role">"Role"</label>
                <RoleSelect id="invited-role" roles selected=role />
                <p class="field-error" aria-live="polite">{role_error}</p>
            </div>
            <Submit action=invite>"Send invitation"</Submit>
            <OutcomeNotice action=invite done="Invitation sent." />
        </OperationForm>
    }
}

#[component]
fn AddressField(invite: OperationAction) -> impl IntoView {
    let email_error = field_error(invite, "email_address");
    let email = submitted_value::<InviteMember>("email_address").unwrap_or_default();
    let field = NodeRef::<html::Input>::new();
    // A second click must not invite the same person again.
    Effect::new(move |_| {
        let is_done = invite.value().with(|answer| matches!(answer, Some(Ok(()))));
        if let Some(field) = field.get_untracked().filter(|_| is_done) {
            field.set_value("");
        }
    });
    view! {
        <div class="field">
            <label for="email-address">"Email address"</label>
            // Not `type=email`: the message beside the field is the same with and without
            // JavaScript.
            <input
                id="email-address"
                node_ref=field
                class="input"
                name="email_address"
                inputmode="email"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                value=email
                aria-invalid=move || email_error.get().map(|_| "true")
                aria-describedby="email-address-error"
            />
            <p id="email-address-error" class="field-error" aria-live="polite">{email_error}</p>
        </div>
    }
}

#[component]
fn Pending(invitations: Vec<InvitationView>, revoke: OperationAction) -> impl IntoView {
    let is_empty = invitations.is_empty();
    let asked = invitations.clone();
    let question = move |ids: Vec<String>| {
        let invitation = asked.iter().find(|invitation| ids.contains(&invitation.id))?;
        Some(Question {
            title: format!("Revoke the invitation of {}?", isolated(&invitation.email)),
            text: "The link in the email stops working. You can invite them again.",
            verb: "Revoke invitation",
            fields: vec![("invitation_id", invitation.id.clone())],
        })
    };
    let items = invitations.into_iter().map(|invitation| {
        let label = format!("Revoke the invitation of {}", isolated(&invitation.email));
        view! {
            <li>
                <p class="row">
                    <strong><bdi>{invitation.email}</bdi></strong><span class="badge">{invitation.role}</span>
                </p>
                <p class="hint">"Sent "<Timestamp at_ms=invitation.since_ms /></p>
                <ConfirmLink action=revoke id=invitation.id text="Revoke" label />
            </li>
        }
    });
    view! {
        <ConfirmDialog action=revoke question />
        {if is_empty {
            view! { <p class="muted">"No pending invitations."</p> }.into_any()
        } else {
            view! { <ul class="entries">{list(items)}</ul> }.into_any()
        }}
    }
}
