//! Invitations: create, accept, revoke.

use super::{factors::send_email, memberships::add_member, users::check_address};
use crate::json::events::invitation_event;
use crate::json::organizations::{invitation as invitation_json, invitation_url};
use crate::model::ticket::return_url;
use crate::model::{Invitation, InvitationParams, InvitationStatus, Mail, Refused, Result, State, User, ensure};
use crate::random::{new_id, random_id};
use serde_json::{Value, json};

/// Creates all of the invitations or none. `organization`: `None` to invite to the application.
pub(crate) fn create_invitations(
    state: &mut State,
    organization: Option<&str>,
    list: &[InvitationParams],
) -> Result<Vec<Value>> {
    let mut new: Vec<(Invitation, bool)> = Vec::new();
    for params in list {
        let invitation =
            check(state, organization, params).map_err(|refused| refused.with_meta("email_addresses", json!([])))?;
        if !new.iter().any(|(found, _)| found.email == invitation.email) {
            new.push((invitation, params.notify != Some(false)));
        }
    }
    state.invitations.extend(new.iter().map(|(invitation, _)| invitation.clone()));
    let created = new.iter().map(|(invitation, _)| recorded(state, invitation));
    let created: Vec<_> = created.collect();
    new.iter().filter(|(_, notify)| *notify).for_each(|(invitation, _)| send(state, invitation));
    Ok(created.into_iter().zip(&new).map(|(object, (invitation, _))| with_url(state, object, invitation)).collect())
}

/// The answer that creates an invitation has the address that the email links to, and no other.
fn with_url(state: &State, mut object: Value, invitation: &Invitation) -> Value {
    object["url"] = invitation_url(state, invitation).into();
    object
}

fn send(state: &mut State, invitation: &Invitation) {
    let inviter = invitation.inviter.as_deref().and_then(|id| state.user(id)).map(User::name);
    let organization = invitation.organization.as_deref().and_then(|id| state.organization(id));
    let (organization, url) = (organization.map(|found| found.name.as_str()), invitation_url(state, invitation));
    let mail = Mail::with_invitation(&invitation.email, inviter.as_deref(), organization, &url, state.now_ms);
    send_email(state, mail);
}

/// Records the event of an invitation, and returns the invitation as JSON.
fn recorded(state: &mut State, invitation: &Invitation) -> Value {
    let event = invitation_event(state, invitation);
    state.events.extend(event);
    invitation_json(state, invitation)
}

fn check(state: &State, organization: Option<&str>, params: &InvitationParams) -> Result<Invitation> {
    let email = params.email_address.trim().to_lowercase();
    let refused = |status, code, text: &str| {
        Err(Refused::param(code, "email_address", format!("{email} {text}")).with_status(status))
    };
    check_address(&email)?;
    let role = params.role.trim_start_matches("org:").to_owned();
    ensure(organization.is_none() || state.roles.role(&role).is_some(), Refused::unknown_role())?;
    match (state.user_by_email(&email), organization) {
        (Some(user), Some(organization)) if state.membership(organization, &user.id).is_some() => {
            return refused(400, "already_a_member_in_organization", "is already a member of the organization.");
        }
        (Some(_), None) => return refused(422, "form_identifier_exists", "already has an account."),
        _ => {}
    }
    let is_same = |found: &Invitation| {
        found.email == email && found.organization.as_deref() == organization && found.is_pending(state.now_ms)
    };
    if state.invitations.iter().any(is_same) {
        return refused(400, "duplicate_record", "has already been invited.");
    }
    let wanted = params.redirect_url.as_deref().filter(|wanted| !wanted.is_empty());
    let redirect_url = wanted.and_then(|wanted| return_url(&state.settings.public_origin, wanted));
    let text = "The redirect URL must be on the application's origin.";
    ensure(wanted.is_none() || redirect_url.is_some(), Refused::invalid_value("redirect_url", text))?;
    Ok(Invitation {
        id: new_id(if organization.is_some() { "orginv" } else { "inv" }),
        token: random_id(),
        organization: organization.map(str::to_owned),
        email,
        role,
        inviter: params.inviter_user_id.clone(),
        redirect_url,
        public_metadata: params.public_metadata.clone().unwrap_or_default().into(),
        status: InvitationStatus::Pending,
        created_at: state.now_ms,
        updated_at: state.now_ms,
    })
}

/// Accepts a pending invitation to a user's address, which makes the user a member.
pub(crate) fn accept_invitation(state: &mut State, id: &str, user: &str) -> Result<Value> {
    let email = state.user(user).ok_or_else(Refused::not_found)?.email.clone();
    let own = state.invitations.iter().find(|found| found.id == id && found.email == email);
    own.ok_or_else(Refused::not_found)?;
    let accepted = end(state, id, InvitationStatus::Accepted).ok_or_else(Refused::not_found)?;
    if let Some(organization) = &accepted.organization {
        // A member keeps the role that they have.
        let _ = add_member(state, organization, user, &accepted.role);
    }
    Ok(recorded(state, &accepted))
}

pub(crate) fn revoke_invitation(state: &mut State, organization: Option<&str>, id: &str) -> Result<Value> {
    state.invitation(organization, id).ok_or_else(Refused::not_found)?;
    let revoked = end(state, id, InvitationStatus::Revoked)
        .ok_or_else(|| Refused::new(400, "organization_invitation_not_pending", "The invitation is not pending."))?;
    Ok(recorded(state, &revoked))
}

fn end(state: &mut State, id: &str, status: InvitationStatus) -> Option<Invitation> {
    let now_ms = state.now_ms;
    let found = state.invitations.iter_mut().find(|found| found.id == id && found.is_pending(now_ms))?;
    (found.status, found.updated_at) = (status, now_ms.max(found.updated_at + 1));
    Some(found.clone())
}

/// Invitations to an organization, or without one to the application, newest first. `statuses`:
/// separated by commas.
pub(crate) fn list_invitations(state: &State, organization: Option<&str>, statuses: Option<&str>) -> Vec<Value> {
    let is_listed = |found: &&Invitation| {
        let status = json!(found.status_at(state.now_ms));
        found.organization.as_deref() == organization
            && statuses.is_none_or(|statuses| statuses.split(',').any(|word| status == word))
    };
    state.invitations.iter().rev().filter(is_listed).map(|found| invitation_json(state, found)).collect()
}

/// Pending invitations to organizations that a user can accept.
pub(crate) fn list_invitations_to(state: &State, user: &str) -> Vec<Value> {
    let email = state.user(user).map(|user| user.email.as_str());
    let own = state.invitations.iter().filter(|found| Some(found.email.as_str()) == email);
    let own = own.filter(|found| found.is_pending(state.now_ms) && found.organization.is_some());
    own.map(|found| invitation_json(state, found)).collect()
}
