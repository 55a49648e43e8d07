//! The payload of an event as a closed enum: each type of event that this crate knows becomes an
//! object or an id, before any handler runs.

use super::revocation::Revocation;
use crate::ids::{OrganizationId, SessionId, UserId};
use crate::objects::{ClerkObject, Invitation, Membership, Organization, Permission, Role, Session, User, key};
use serde_json::Value;

/// The content of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// `user.created`, `user.updated`.
    UserChanged(User),
    /// `user.deleted`.
    UserDeleted(UserId),
    /// `organization.created`, `organization.updated`.
    OrganizationChanged(Organization),
    /// `organization.deleted`.
    OrganizationDeleted(OrganizationId),
    /// `organizationMembership.created`, `organizationMembership.updated`.
    MembershipChanged(Membership),
    /// `organizationMembership.deleted`.
    MembershipDeleted(Membership),
    /// `organizationInvitation.created`, `.accepted`, `.revoked`.
    InvitationChanged(Invitation),
    /// `session.created`, `session.pending`. The type of the event decides the status.
    SessionStarted(Session),
    /// `session.ended`, `session.removed`, `session.revoked`. The type of the event decides the
    /// status.
    SessionEnded {
        /// The session, which is known even if the rest of the object is incomplete.
        id: SessionId,
        /// The object. `None`: it is incomplete.
        session: Option<Session>,
    },
    /// `role.created`, `role.updated`.
    RoleChanged(Role),
    /// `role.deleted`, with Clerk's id of the role.
    RoleDeleted(String),
    /// `permission.created`, `permission.updated`.
    PermissionChanged(Permission),
    /// `permission.deleted`, with Clerk's id of the permission.
    PermissionDeleted(String),
    /// A known type of event whose object lacks a required member.
    Incomplete,
    /// `email.*`, `sms.*`: a message of Clerk to a person. It may contain a one-time code or a link
    /// that signs in, so an application should not store it.
    Message,
    /// Another type of event.
    Other,
}

impl Payload {
    /// The content of an event of this type. An application that stores verified events reads them
    /// with it once more.
    #[must_use]
    pub fn parse(kind: &str, data: &Value) -> Self {
        match kind {
            "user.created" | "user.updated" => object(data, Self::UserChanged),
            "user.deleted" => id(data, |id| UserId::parse(id).ok(), Self::UserDeleted),
            "organization.created" | "organization.updated" => object(data, Self::OrganizationChanged),
            "organization.deleted" => id(data, |id| OrganizationId::parse(id).ok(), Self::OrganizationDeleted),
            "organizationMembership.created" | "organizationMembership.updated" => {
                object(data, Self::MembershipChanged)
            }
            "organizationMembership.deleted" => object(data, Self::MembershipDeleted),
            "organizationInvitation.created" | "organizationInvitation.accepted" | "organizationInvitation.revoked" => {
                object(data, Self::InvitationChanged)
            }
            "session.created" => session(data, "active").map_or(Self::Incomplete, Self::SessionStarted),
            "session.pending" => session(data, "pending").map_or(Self::Incomplete, Self::SessionStarted),
            "session.ended" => session_ended(data, "ended"),
            "session.removed" => session_ended(data, "removed"),
            "session.revoked" => session_ended(data, "revoked"),
            "role.created" | "role.updated" => object(data, Self::RoleChanged),
            "role.deleted" => id(data, |id| Some(id.to_owned()), Self::RoleDeleted),
            "permission.created" | "permission.updated" => object(data, Self::PermissionChanged),
            "permission.deleted" => id(data, |id| Some(id.to_owned()), Self::PermissionDeleted),
            message if message.starts_with("email.") || message.starts_with("sms.") => Self::Message,
            _ => Self::Other,
        }
    }

    /// The revocation that this event causes, if tokens may still name it.
    pub(super) fn revocation(&self) -> Option<Revocation> {
        match self {
            Self::SessionEnded { id, .. } => Some(Revocation::Session(id.clone())),
            Self::UserDeleted(id) => Some(Revocation::User(id.clone())),
            Self::OrganizationDeleted(id) => Some(Revocation::Organization(id.clone())),
            Self::MembershipDeleted(membership) => {
                Some(Revocation::Membership(membership.user.clone(), membership.organization.clone()))
            }
            Self::UserChanged(_)
            | Self::OrganizationChanged(_)
            | Self::MembershipChanged(_)
            | Self::InvitationChanged(_)
            | Self::SessionStarted(_)
            | Self::RoleChanged(_)
            | Self::RoleDeleted(_)
            | Self::PermissionChanged(_)
            | Self::PermissionDeleted(_)
            | Self::Incomplete
            | Self::Message
            | Self::Other => None,
        }
    }
}

fn object<T: ClerkObject>(data: &Value, payload: fn(T) -> Payload) -> Payload {
    T::read(data).map_or(Payload::Incomplete, payload)
}

fn id<T>(data: &Value, parse: fn(&str) -> Option<T>, payload: fn(T) -> Payload) -> Payload {
    key(data, "id").and_then(|id| parse(&id)).map_or(Payload::Incomplete, payload)
}

/// The event says what the session is now. The status of its object may be older.
fn session(data: &Value, status: &str) -> Option<Session> {
    Session::read(data).map(|session| Session { status: status.to_owned(), ..session })
}

fn session_ended(data: &Value, status: &str) -> Payload {
    let id = key(data, "id").and_then(|id| SessionId::parse(&id).ok());
    id.map_or(Payload::Incomplete, |id| Payload::SessionEnded { id, session: session(data, status) })
}
