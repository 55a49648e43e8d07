//! Events: what commands record for the webhooks.

use super::details::{InvitationDetails, MembershipDetails, OrganizationDetails, RoleDetails};
use super::mail::Mail;
use super::role::Permission;
use super::session::Session;
use super::user::User;

/// What happened to an object that still exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Created,
    Updated,
}

#[derive(Clone, Debug)]
pub(crate) enum Event {
    User(Change, Box<User>),
    UserDeleted(String),
    Organization(Change, Box<OrganizationDetails>),
    OrganizationDeleted {
        id: String,
        slug: String,
    },
    Membership(Change, Box<MembershipDetails>),
    MembershipDeleted(Box<MembershipDetails>),
    Role(Change, RoleDetails),
    RoleDeleted(String),
    Permission(Change, Permission),
    PermissionDeleted(String),
    /// Created, accepted or revoked, as its status says.
    Invitation(Box<InvitationDetails>),
    /// Created, pending, ended or revoked, as its status says.
    Session(Box<Session>),
    /// The email, and the user with its address.
    Email(Mail, Option<Box<User>>),
}
