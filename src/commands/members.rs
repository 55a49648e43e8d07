//! Commands on members of the active organization.

use super::assignable_roles::assignable_role;
use super::error::CommandError;
use super::run::run;
use crate::access::Granted;
use crate::store::members;
use domain::operation::{ChangeRole, RemoveMember};

/// Gives a member another role.
///
/// # Errors
/// The role grants more than the caller holds, or Clerk or the database fails.
pub async fn change_role(grant: Granted<ChangeRole>) -> Result<(), CommandError> {
    run(grant, |grant| {
        Box::pin(async move {
            let role = assignable_role(grant, &grant.input().role).await?;
            Ok(members::begin_role_change(grant, &role).await?)
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
    run(grant, |grant| Box::pin(async move { Ok(members::begin_removal(grant).await?) })).await
}
