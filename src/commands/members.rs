//! Commands on members of the active organization.

use super::assignable_roles::assignable_role;
use super::error::CommandError;
use super::run_detached::run_detached;
use crate::access::Granted;
use crate::store::members;
use clerk::webhook::Revocation;
use domain::operation::{ChangeRole, RemoveMember};

/// Gives a member another role.
///
/// # Errors
/// The role grants more than the caller holds, or Clerk or the database fails.
pub async fn change_role(grant: Granted<ChangeRole>) -> Result<(), CommandError> {
    run_detached(grant, |grant| {
        Box::pin(async move {
            let found = members::find(grant).await?;
            let (user, role) = (grant.target(), assignable_role(grant).await?);
            let changed = grant.backend_api().update_membership_role(&grant.actor().organization, user, &role).await?;
            Ok(members::change_role(grant, found, &changed).await?)
        })
    })
    .await
}

/// Removes a member from the organization. Tokens that still name it as the active organization
/// lose their permissions in it at once.
///
/// # Errors
/// Clerk or the database fails.
pub async fn remove_member(grant: Granted<RemoveMember>) -> Result<(), CommandError> {
    run_detached(grant, |grant| {
        Box::pin(async move {
            let found = members::find(grant).await?;
            let (user, organization) = (grant.target(), &grant.actor().organization);
            let removed = grant.backend_api().delete_membership(organization, user).await?;
            grant.revoked_sessions().insert(Revocation::Membership(user.clone(), organization.clone()), grant.now_ms());
            Ok(members::remove(grant, found, &removed).await?)
        })
    })
    .await
}
