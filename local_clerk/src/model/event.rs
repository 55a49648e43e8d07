//! Events, which commands record for the webhooks, and the objects in them: each together with what
//! its JSON says about related objects, as they are at that moment.

use super::invitation::{Invitation, InvitationStatus};
use super::organization::{Membership, Organization};
use super::role::{Permission, Role};
use super::{mail::Mail, session::Session, user::User};
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Created,
    Updated,
    Deleted,
}

/// A deleted object, as the APIs and webhooks show it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Deleted {
    /// Kind of the object.
    object: &'static str,
    id: String,
    /// Of an organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<String>,
    deleted: bool,
}

impl Deleted {
    pub(crate) fn new(object: &'static str, id: &str) -> Self {
        Self { object, id: id.to_owned(), slug: None, deleted: true }
    }

    pub(crate) fn organization(id: &str, slug: &str) -> Self {
        Self { slug: Some(slug.to_owned()), ..Self::new("organization", id) }
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.object
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Event {
    User(Change, Box<User>),
    Organization(Change, Box<OrganizationDetails>),
    Membership(Change, Box<MembershipDetails>),
    Role(Change, RoleDetails),
    Permission(Change, Permission),
    /// Of a user, organization, role or permission.
    Deleted(Deleted),
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
