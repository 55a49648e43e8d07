//! On the page of the members: who is invited, and the form that invites.

use crate::api::invitations::{InvitationView, InviteMember, ListInvitations, RevokeInvitation};
use crate::api::roles::RoleView;
use crate::call::{Change, Json, change, load};
use crate::pages::roles::RoleSelect;
use crate::refused::Refused;
use crate::ui::form::{OperationForm, Submit};
use crate::ui::outcome::{OutcomeNotice, outcome_of, problem, typed_before};
use crate::ui::when::When;
use crate::ui::words;
use domain::operation;
use domain::text::isolated;
use leptos::prelude::*;

/// The open invitations, and what may be done about them. They live as long as the page, not as one reading of its members.
#[derive(Clone, Copy)]
pub(crate) struct Inviting {
    invite: Change<InviteMember>,
    revoke: Change<RevokeInvitation>,
    open: Resource<Result<Vec<InvitationView>, Refused>, Json>,
}

impl Inviting {
    pub(crate) fn new() -> Self {
        let invite = change(|InviteMember { email_address, role }| operation::InviteMember { email_address, role });
        let revoke = change(|RevokeInvitation { invitation_id }| operation::RevokeInvitation { invitation_id });
        let open = load(move || (invite.answers(), revoke.answers()), |_| ListInvitations {});
        Self { invite, revoke, open }
    }
}

/// Both, side by side.
#[component]
pub(crate) fn Invitations(
    inviting: Inviting,
    /// The roles to choose from.
    roles: StoredValue<Vec<RoleView>>,
) -> impl IntoView {
    let Inviting { invite, revoke, open } = inviting;
    view! {
        <div class="columns">
            <section class="card" aria-labelledby="invite-title">
                <h2 id="invite-title">"Invite somebody"</h2>
                <Invite roles invite />
            </section>
            <section class="card" aria-labelledby="invited-title">
                <h2 id="invited-title">"Invited"</h2>
                <OutcomeNotice change=revoke done="Invitation taken back." />
                <Transition fallback=|| view! { <p class="muted">"Loading…"</p> }>
                    {move || Suspend::new(async move {
                        view! { <Invited invitations=open.await.unwrap_or_default() revoke /> }
                    })}
                </Transition>
            </section>
        </div>
    }
}

#[component]
fn Invite(roles: StoredValue<Vec<RoleView>>, invite: Change<InviteMember>) -> impl IntoView {
    let outcome = outcome_of(invite);
    let wrong = |field: &'static str| {
        let problem = problem(outcome, field);
        Signal::derive(move || problem.get().map(|problem| words::of_field(field, problem)))
    };
    let (wrong_email, wrong_role) = (wrong("email_address"), wrong("role"));
    let email = typed_before::<InviteMember>("email_address").unwrap_or_default();
    let role = typed_before::<InviteMember>("role").unwrap_or_else(|| "member".to_owned());
    view! {
        <OperationForm change=invite>
            <div class="field">
                <label for="email-address">"Email address"</label>
                // Not `type=email`: what is wrong is said beside the field, in the same words with and without JavaScript.
                <input
                    id="email-address"
                    class="input"
                    name="email_address"
                    inputmode="email"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    value=email
                    aria-invalid=move || wrong_email.get().map(|_| "true")
                    aria-describedby="email-address-error"
                />
                <p id="email-address-error" class="field-error" aria-live="polite">{wrong_email}</p>
            </div>
            <div class="field">
                <label for="invited-role">"Role"</label>
                <RoleSelect id="invited-role" roles selected=role />
                <p class="field-error" aria-live="polite">{wrong_role}</p>
            </div>
            <Submit change=invite>"Send invitation"</Submit>
            <OutcomeNotice change=invite done="Invitation sent." />
        </OperationForm>
    }
}

#[component]
fn Invited(invitations: Vec<InvitationView>, revoke: Change<RevokeInvitation>) -> impl IntoView {
    if invitations.is_empty() {
        return view! { <p class="muted">"No invitation is open."</p> }.into_any();
    }
    let items = invitations.into_iter().map(|invitation| {
        let label = format!("Take back the invitation of {}", isolated(&invitation.email));
        view! {
            <li>
                <p class="row"><strong><bdi>{invitation.email}</bdi></strong><span class="badge">{invitation.role}</span></p>
                <p class="hint">"since "<When at_ms=invitation.since_ms /></p>
                <OperationForm change=revoke class="form-inline">
                    <input type="hidden" name="invitation_id" value=invitation.id />
                    <Submit change=revoke class="button button-danger button-small" label=label>"Take back"</Submit>
                </OperationForm>
            </li>
        }
    });
    view! { <ul class="entries">{items.collect_view()}</ul> }.into_any()
}
