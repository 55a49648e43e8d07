//! Part of `/admin/members`: the pending invitations, and the form that invites.

use crate::api::{InviteMember, ListInvitations, RevokeInvitation};
use crate::call_error::CallError;
use crate::components::action_button::ActionButton;
use crate::components::erased::list;
use crate::components::loaded::loaded;
use crate::components::operation_form::{OperationForm, Submit};
use crate::components::outcome::{field_error, submitted_value};
use crate::components::outcome_notice::OutcomeNotice;
use crate::components::role_select::RoleSelect;
use crate::components::timestamp::Timestamp;
use crate::load::{Load, load};
use crate::operation_action::{OperationAction, operation_action};
use domain::operation;
use domain::operation::{InvitationView, RoleView};
use domain::text::isolated;
use leptos::prelude::*;

/// The pending invitations and their actions. They live as long as the page, and not only until its
/// members are read again.
#[derive(Clone, Copy)]
pub(crate) struct InvitationList {
    invite: OperationAction,
    revoke: OperationAction,
    pending: Load<Vec<InvitationView>>,
}

impl InvitationList {
    pub(crate) fn new() -> Self {
        let invite =
            operation_action(|InviteMember { email_address, role }| operation::InviteMember { email_address, role });
        let revoke = operation_action(|RevokeInvitation { invitation_id, reason }| operation::RevokeInvitation {
            invitation_id,
            reason,
        });
        let pending = load(move || (invite.revision(), revoke.revision()), |_| ListInvitations {});
        Self { invite, revoke, pending }
    }
}

/// The form and the list, side by side.
#[component]
pub(crate) fn Invitations(
    list: InvitationList,
    /// The roles to choose from.
    roles: StoredValue<Vec<RoleView>>,
) -> impl IntoView {
    let InvitationList { invite, revoke, pending } = list;
    view! {
        <div class="columns">
            <section class="card" aria-labelledby="invite-title">
                <h2 id="invite-title">"Invite a member"</h2>
                <Invite roles invite />
            </section>
            <section class="card" aria-labelledby="invited-title">
                <h2 id="invited-title">"Pending invitations"</h2>
                <OutcomeNotice action=revoke done="Invitation revoked." />
                {loaded(move || async move {
                    match pending.await {
                        Ok(invitations) => view! { <Pending invitations revoke /> }.into_any(),
                        // The list of members is of use without them.
                        Err(CallError(_)) => {
                            view! {
                                <p class="field-error">"The invitations could not be loaded. Reload the page."</p>
                            }
                                .into_any()
                        }
                    }
                })}
            </section>
        </div>
    }
}

#[component]
fn Invite(roles: StoredValue<Vec<RoleView>>, invite: OperationAction) -> impl IntoView {
    let (email_error, role_error) = (field_error(invite, "email_address"), field_error(invite, "role"));
    let email = submitted_value::<InviteMember>("email_address").unwrap_or_default();
    let role = submitted_value::<InviteMember>("role").unwrap_or_else(|| "member".to_owned());
    view! {
        <OperationForm action=invite>
            <div class="field">
                <label for="email-address">"Email address"</label>
                // Not `type=email`: the message beside the field is the same with and without
                // JavaScript.
                <input
                    id="email-address"
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
fn Pending(invitations: Vec<InvitationView>, revoke: OperationAction) -> impl IntoView {
    if invitations.is_empty() {
        return view! { <p class="muted">"No pending invitations."</p> }.into_any();
    }
    let items = invitations.into_iter().map(|invitation| {
        let label = format!("Revoke the invitation of {}", isolated(&invitation.email));
        view! {
            <li>
                <p class="row">
                    <strong><bdi>{invitation.email}</bdi></strong><span class="badge">{invitation.role}</span>
                </p>
                <p class="hint">"Sent "<Timestamp at_ms=invitation.since_ms /></p>
                <ActionButton
                    action=revoke
                    field="invitation_id"
                    id=invitation.id
                    class="button button-danger button-small"
                    text="Revoke"
                    label
                />
            </li>
        }
    });
    view! { <ul class="entries">{list(items)}</ul> }.into_any()
}
