//! Events, which commands record for the webhooks, and the objects in them: each together with what
//! its JSON says about related objects, as they are at that moment.

use super::invitation::{Invitation, InvitationStatus};
use super::organization::{Membership, Organization};
use super::role::{Permission, Role};
use super::{mail::Mail, session::Session, user::User};

/// The change of an object that still exists.
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

#[derive(Clone, Debug)]
pub(crate) struct OrganizationDetails {
    pub(crate) organization: Organization,
    pub(crate) members: usize,
    pub(crate) pending_invitations: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct MembershipDetails {
    pub(crate) membership: Membership,
    pub(crate) user: User,
    pub(crate) organization: OrganizationDetails,
    pub(crate) role_name: String,
    /// Keys.
    pub(crate) permissions: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct InvitationDetails {
    pub(crate) invitation: Invitation,
    /// The status at this moment.
    pub(crate) status: InvitationStatus,
    pub(crate) organization: Option<OrganizationDetails>,
    pub(crate) role_name: String,
    pub(crate) inviter: Option<User>,
    /// Id of the user with the invited address.
    pub(crate) user: Option<String>,
    /// The address that the email links to.
    pub(crate) url: String,
}

#[derive(Clone, Debug)]
pub(crate) struct RoleDetails {
    pub(crate) role: Role,
    pub(crate) permissions: Vec<Permission>,
}
