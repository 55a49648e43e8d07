//! Commands on invitations to the active organization.

use super::assignable_roles::assignable_role;
use super::error::CommandError;
use super::run::run;
use crate::access::Granted;
use crate::store::invitations;
use domain::operation::{InviteMember, ResendInvitation, RevokeInvitation};

/// Invites a person by email; Clerk sends the message.
///
/// # Errors
/// The role grants more than the caller holds, or Clerk or the database fails.
pub async fn invite_member(grant: Granted<InviteMember>) -> Result<(), CommandError> {
    run(grant, |grant| {
        Box::pin(async move {
            let role = assignable_role(grant, &grant.input().role).await?;
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

/// Sends an invitation again: revokes it, and invites the same address with the same role. The role
/// is checked first, so that a caller cannot pass on more than they hold, and nothing is revoked
/// for a role that Clerk does not have any more.
///
/// # Errors
/// As [`invite_member`]; [`CommandError::NotSentAgain`] if Clerk has revoked the invitation, and
/// then refuses the new one.
pub async fn resend_invitation(grant: Granted<ResendInvitation>) -> Result<(), CommandError> {
    run(grant, |grant| {
        Box::pin(async move {
            let role = assignable_role(grant, &invitations::pending_role(grant).await?).await?;
            Ok(invitations::begin_resending(grant, &role).await?)
        })
    })
    .await
}
