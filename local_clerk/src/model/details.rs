//! Objects together with what their JSON says about related objects, as they are at one moment.

use super::invitation::{Invitation, InvitationStatus};
use super::membership::Membership;
use super::organization::Organization;
use super::role::{Permission, Role};
use super::user::User;

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
