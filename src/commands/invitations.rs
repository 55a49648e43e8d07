//! Commands on invitations to the active organization.

use super::assignable_roles::assignable_role;
use super::error::CommandError;
use super::run::run;
use crate::access::Granted;
use crate::store::invitations;
use domain::operation::{InviteMember, RevokeInvitation};

/// Invites a person by email; Clerk sends the message.
///
/// # Errors
/// The role grants more than the caller holds, or Clerk or the database fails.
pub async fn invite_member(grant: Granted<InviteMember>) -> Result<(), CommandError> {
    run(grant, |grant| {
        Box::pin(async move {
            let role = assignable_role(grant).await?;
            Ok(invitations::begin_invitation(grant, &role).await?)
        })
    })
    .await
}

/// Revokes an invitation.
///
/// # Errors
/// Clerk, or the database.
pub async fn revoke_invitation(grant: Granted<RevokeInvitation>) -> Result<(), CommandError> {
    run(grant, |grant| Box::pin(async move { Ok(invitations::begin_revocation(grant).await?) })).await
}
