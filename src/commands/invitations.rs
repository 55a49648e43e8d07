//! Commands on invitations to the active organization.

use super::assignable_roles::assignable_role;
use super::error::CommandError;
use super::run_detached::run_detached;
use crate::access::Granted;
use crate::store::invitations;
use clerk::backend_api::NewInvitation;
use domain::operation::{InviteMember, RevokeInvitation};

/// Invites a person by email; Clerk sends the message.
///
/// # Errors
/// The role grants more than the caller holds, or Clerk or the database fails.
pub async fn invite_member(grant: Granted<InviteMember>) -> Result<(), CommandError> {
    run_detached(grant, |grant| {
        Box::pin(async move {
            let role = assignable_role(grant).await?;
            let actor = grant.actor();
            let new = NewInvitation {
                organization: &actor.organization,
                email_address: &grant.input().email_address,
                role: &role,
                inviter: &actor.user,
            };
            let invitation = grant.backend_api().create_invitation(new).await?;
            Ok(invitations::invite(grant, &invitation).await?)
        })
    })
    .await
}

/// Revokes an invitation.
///
/// # Errors
/// Clerk, or the database.
pub async fn revoke_invitation(grant: Granted<RevokeInvitation>) -> Result<(), CommandError> {
    run_detached(grant, |grant| {
        Box::pin(async move {
            let found = invitations::find(grant).await?;
            let (actor, id) = (grant.actor(), &grant.input().invitation_id);
            let revoked = grant.backend_api().revoke_invitation(&actor.organization, id, &actor.user).await?;
            Ok(invitations::revoke(grant, found, &revoked).await?)
        })
    })
    .await
}
