//! The events of a start, and the types of events about sessions and invitations.

use super::organizations::{invitation, membership, organization, permission, role};
use super::{sessions::session, users::user};
use crate::model::{Event, Invitation, InvitationStatus, Session, State, Status};
use serde_json::Value;

/// Clerk's event for the status of an invitation. `None`: Clerk has no event for it.
pub(crate) fn invitation_event(state: &State, found: &Invitation) -> Option<Event> {
    // Clerk has no events of invitations to the application.
    state.organization(found.organization.as_deref()?)?;
    let kind = match found.status {
        InvitationStatus::Pending => "organizationInvitation.created",
        InvitationStatus::Accepted => "organizationInvitation.accepted",
        InvitationStatus::Revoked => "organizationInvitation.revoked",
        InvitationStatus::Expired => return None,
    };
    Some(Event::new(kind, invitation(state, found)))
}

/// Clerk's event for the status of a session. `None`: Clerk has no event for it.
pub(crate) fn session_event(found: &Session) -> Option<Event> {
    let kind = match found.status {
        Status::Active => "session.created",
        Status::Pending => "session.pending",
        Status::Ended => "session.ended",
        Status::Revoked => "session.revoked",
        Status::Expired => return None,
    };
    Some(Event::new(kind, session(found)))
}

/// Events that tell of every object, as if it had just been created or updated.
pub(crate) fn all_events(state: &State) -> Vec<Event> {
    let event = |noun: &str, object: Value| {
        let is_new = object["created_at"] == object["updated_at"];
        Event::new(&format!("{noun}.{}", if is_new { "created" } else { "updated" }), object)
    };
    let created = |found| Event::new("organization.created", organization(state, found));
    let mut events: Vec<Event> = Vec::new();
    events.extend(state.roles.permissions.iter().map(|found| event("permission", permission(found))));
    events.extend(state.roles.roles.iter().map(|found| event("role", role(state, found))));
    events.extend(state.organizations.iter().map(created));
    events.extend(state.users.iter().map(|found| event("user", user(found))));
    events.extend(state.memberships.iter().map(|found| event("organizationMembership", membership(state, found))));
    events.extend(state.invitations.iter().filter_map(|found| invitation_event(state, found)));
    events.extend(state.sessions.iter().filter_map(session_event));
    events
}
