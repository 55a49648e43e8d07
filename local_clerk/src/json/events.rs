//! Events of the model as webhook payloads.

use super::organizations::{deleted_organization, invitation, membership, organization, permission, role};
use super::users::{email, user};
use super::{deleted, sessions::session};
use crate::model::{Change, Event, InvitationStatus, Status};
use serde_json::Value;

/// Clerk's type of an event, and its data. `None`: Clerk sends no event for it.
pub(crate) fn event(event: &Event) -> Option<(String, Value)> {
    let changed = |noun: &str, change: Change| match change {
        Change::Created => format!("{noun}.created"),
        Change::Updated => format!("{noun}.updated"),
    };
    Some(match event {
        Event::User(change, found) => (changed("user", *change), user(found)),
        Event::UserDeleted(id) => ("user.deleted".to_owned(), deleted("user", id)),
        Event::Organization(change, found) => (changed("organization", *change), organization(found)),
        Event::OrganizationDeleted { id, slug } => ("organization.deleted".to_owned(), deleted_organization(id, slug)),
        Event::Membership(change, found) => (changed("organizationMembership", *change), membership(found)),
        Event::MembershipDeleted(found) => ("organizationMembership.deleted".to_owned(), membership(found)),
        Event::Role(change, found) => (changed("role", *change), role(found)),
        Event::RoleDeleted(id) => ("role.deleted".to_owned(), deleted("role", id)),
        Event::Permission(change, found) => (changed("permission", *change), permission(found)),
        Event::PermissionDeleted(id) => ("permission.deleted".to_owned(), deleted("permission", id)),
        Event::Invitation(found) => {
            // Clerk has no events of invitations to the application.
            found.organization.as_ref()?;
            (invitation_event(found.invitation.status)?.to_owned(), invitation(found))
        }
        Event::Session(found) => (session_event(found.status)?.to_owned(), session(found)),
        Event::Email(mail, user) => ("email.created".to_owned(), email(mail, user.as_deref())),
    })
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
