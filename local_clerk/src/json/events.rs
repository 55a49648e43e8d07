//! Events of the model as webhook payloads.

use super::organizations::{invitation, membership, organization, permission, role};
use super::users::{email, user};
use super::{deleted, sessions::session};
use crate::model::{Change, Event, InvitationStatus, Status};
use serde_json::Value;

/// Clerk's type of an event, and its data. `None`: Clerk sends no event for it.
pub(crate) fn event(event: &Event) -> Option<(String, Value)> {
    Some(match event {
        Event::User(change, found) => (kind("user", *change), user(found)),
        Event::Organization(change, found) => (kind("organization", *change), organization(found)),
        Event::Membership(change, found) => (kind("organizationMembership", *change), membership(found)),
        Event::Role(change, found) => (kind("role", *change), role(found)),
        Event::Permission(change, found) => (kind("permission", *change), permission(found)),
        Event::Deleted(found) => (kind(found.kind(), Change::Deleted), deleted(found)),
        Event::Invitation(found) => {
            // Clerk has no events of invitations to the application.
            found.organization.as_ref()?;
            (invitation_event(found.invitation.status)?.to_owned(), invitation(found))
        }
        Event::Session(found) => (session_event(found.status)?.to_owned(), session(found)),
        Event::Email(mail, user) => ("email.created".to_owned(), email(mail, user.as_deref())),
    })
}

fn kind(noun: &str, change: Change) -> String {
    match change {
        Change::Created => format!("{noun}.created"),
        Change::Updated => format!("{noun}.updated"),
        Change::Deleted => format!("{noun}.deleted"),
    }
}

fn invitation_event(status: InvitationStatus) -> Option<&'static str> {
    match status {
        InvitationStatus::Pending => Some("organizationInvitation.created"),
        InvitationStatus::Accepted => Some("organizationInvitation.accepted"),
        InvitationStatus::Revoked => Some("organizationInvitation.revoked"),
        InvitationStatus::Expired => None,
    }
}

fn session_event(status: Status) -> Option<&'static str> {
    match status {
        Status::Active => Some("session.created"),
        Status::Pending => Some("session.pending"),
        Status::Ended => Some("session.ended"),
        Status::Revoked => Some("session.revoked"),
        Status::Expired => None,
    }
}
