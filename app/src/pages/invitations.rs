//! Parts of `/admin/members`: the form that invites, and the tab with the pending invitations.

use crate::api::{InviteMember, ListInvitations, ResendInvitation, RevokeInvitation};
use crate::call_error::CallError;
use crate::components::badge::Badge;
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
use crate::texts::roles::role_name;
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
    resend: OperationAction,
    revoke: OperationAction,
    pending: Load<Vec<InvitationView>>,
}

impl InvitationList {
    pub(super) fn new() -> Self {
        let invite = operation_action::<InviteMember, operation::InviteMember>();
        let resend = operation_action::<ResendInvitation, operation::ResendInvitation>();
        let revoke = operation_action::<RevokeInvitation, operation::RevokeInvitation>();
        let pending = load(move || invite.revision() + resend.revision() + revoke.revision(), |_| ListInvitations {});
        Self { invite, resend, revoke, pending }
    }
}

/// The tab with the pending invitations.
#[component]
pub(super) fn PendingInvitations(list: InvitationList, roles: StoredValue<Vec<RoleView>>) -> impl IntoView {
    let InvitationList { resend, revoke, pending, .. } = list;
    view! {
        <section class="card" aria-labelledby="invited-title">
            <h2 id="invited-title">"Pending invitations"</h2>
            {loaded(move || async move {
                match pending.await {
                    Ok(invitations) => view! { <Pending invitations roles resend revoke /> }.into_any(),
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
    view! {
        <SuccessNotice action=list.resend done="Invitation sent again." />
        <SuccessNotice action=list.revoke done="Invitation revoked." />
    }
    .into_any()
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
            <OutcomeNotice action=invite done="Invitation sent to {}." named_by="email_address" />
        </OperationForm>
    }
}

#[component]
fn AddressField(invite: OperationAction) -> impl IntoView {
    let email_error = field_error(invite, "email_address");
    let email = submitted_value::<InviteMember>("email_address").unwrap_or_default();
    let field = NodeRef::<html::Input>::new();
    // A second click must not invite the same person again. The next address, which somebody may
    // have typed meanwhile, stays.
    Effect::new(move |_| {
        let is_done = invite.value().with(|answer| matches!(answer, Some(Ok(()))));
        let sent = invite.answered_input("email_address");
        if let Some(field) =
            field.get_untracked().filter(|field| is_done && sent.as_deref() == Some(field.value().trim()))
        {
            if let Some(form) = field.form() {
                form.reset();
            }
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
fn Pending(
    invitations: Vec<InvitationView>,
    roles: StoredValue<Vec<RoleView>>,
    resend: OperationAction,
    revoke: OperationAction,
) -> impl IntoView {
    let is_empty = invitations.is_empty();
    let asked = StoredValue::new(invitations.clone());
    let items = invitations.into_iter().map(|invitation| {
        let role = roles.with_value(|roles| role_name(roles, &invitation.role));
        view! { <Invited invitation role resend revoke /> }
    });
    let question = |words: Words| move |ids: Vec<String>| ask(words, asked, &ids);
    let (about_resending, about_revoking) = (question(RESEND), question(REVOKE));
    view! {
        <ConfirmDialog action=resend question=about_resending />
        <ConfirmDialog action=revoke question=about_revoking />
        {if is_empty {
            view! { <p class="muted">"No pending invitations."</p> }.into_any()
        } else {
            view! { <ul class="entries">{list(items)}</ul> }.into_any()
        }}
    }
}

#[component]
fn Invited(
    invitation: InvitationView,
    role: String,
    resend: OperationAction,
    revoke: OperationAction,
) -> impl IntoView {
    let who = isolated(&invitation.email);
    let (again, back) = (format!("Resend the invitation of {who}"), format!("Revoke the invitation of {who}"));
    view! {
        <li>
            <p class="row"><strong><bdi>{invitation.email}</bdi></strong><Badge text=role /></p>
            <p class="hint">"Sent "<Timestamp at_ms=invitation.since_ms /></p>
            <p class="row">
                <ConfirmLink
                    action=resend
                    id=invitation.id.clone()
                    class="button button-quiet button-small"
                    text="Resend"
                    label=again
                />
                <ConfirmLink action=revoke id=invitation.id text="Revoke" label=back />
            </p>
        </li>
    }
}

/// The verb with its object, and the effect, of a change to an invitation.
type Words = [&'static str; 3];
const RESEND: Words = [
    "Resend",
    "Resend invitation",
    "Clerk revokes the invitation and sends a new one with the same role. The link in the earlier email stops working.",
];
const REVOKE: Words =
    ["Revoke", "Revoke invitation", "The link in the email stops working. You can invite them again."];

fn ask([verb, button, text]: Words, asked: StoredValue<Vec<InvitationView>>, ids: &[String]) -> Option<Question> {
    let found = |invitations: &Vec<InvitationView>| {
        let invitation = invitations.iter().find(|invitation| ids.contains(&invitation.id))?;
        Some((invitation.id.clone(), isolated(&invitation.email)))
    };
    let (id, who) = asked.with_value(found)?;
    let title = format!("{verb} the invitation of {who}?");
    Some(Question { title, text, verb: button, fields: vec![("invitation_id", id)] })
}
