//! Commands on members of the active organization.

use super::assignable_roles::assignable_role;
use super::error::CommandError;
use super::run::run;
use crate::access::Granted;
use crate::store::{StoreError, member_roles, members};
use clerk::objects::without_org_prefix;
use domain::operation::{ChangeRole, RemoveMember};

/// Gives a member another role.
///
/// # Errors
/// The role grants more than the caller holds, the member has it already, or Clerk or the database
/// fails.
pub async fn change_role(grant: Granted<ChangeRole>) -> Result<(), CommandError> {
    run(grant, |grant| {
        Box::pin(async move {
            let role = assignable_role(grant, &grant.input().role).await?;
            if has_role(grant, &role).await? {
                return Err(StoreError::Unchanged("role").into());
            }
            Ok(members::begin_role_change(grant, &role).await?)
        })
    })
    .await
}

/// Whether the member has the role here and at Clerk. A change whose outcome is not known yet may
/// have reached Clerk alone, and it can then be taken back.
async fn has_role(grant: &Granted<ChangeRole>, role: &str) -> Result<bool, CommandError> {
    if !member_roles::has_role(grant, role).await? {
        return Ok(false);
    }
    let organization = &grant.actor().organization;
    let found = grant.backend_api().find_user_membership(grant.target(), |found| found.organization == *organization);
    Ok(found.await?.is_some_and(|membership| membership.role == without_org_prefix(role)))
}

/// Removes a member from the organization. Tokens that still name it as the active organization
/// lose their permissions in it at once.
///
/// # Errors
/// Clerk or the database fails.
pub async fn remove_member(grant: Granted<RemoveMember>) -> Result<(), CommandError> {
    run(grant, |grant| Box::pin(async move { Ok(members::begin_removal(grant).await?) })).await
}
