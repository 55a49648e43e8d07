//! Invitations to the organization of a grant.

use super::{ClerkApiError, roles};
use crate::access::Granted;
use crate::clerk_objects::Invitation;
use domain::operation::{InviteMember, Operation, RevokeInvitation};
use reqwest::Method;
use serde_json::json;

/// Invites somebody by email; Clerk writes the mail.
///
/// # Errors
/// Clerk does not accept the address or the role, or cannot be asked; or the role grants more than the person who gives it has.
pub async fn invite(by: &Granted<InviteMember>) -> Result<Invitation, ClerkApiError> {
    let role = roles::that_may_be_given(by).await?;
    let mut body = json!({
        "email_address": by.input().email_address, "role": role, "inviter_user_id": by.actor().user,
    });
    if let Some(url) = &by.clerk_api().invitations_lead_to {
        body["redirect_url"] = json!(url);
    }
    let path = ["organizations", by.actor().organization.as_str(), "invitations"];
    of_the_grant(by, by.clerk_api().change(Method::POST, &path, Some(body)).await?)
}

/// Takes the invitation of the grant back.
///
/// # Errors
/// Clerk does not have the invitation, or it was answered already, or Clerk cannot be asked.
pub async fn revoke_invitation(by: &Granted<RevokeInvitation>) -> Result<Invitation, ClerkApiError> {
    let id = by.input().invitation_id.as_str();
    let path = ["organizations", by.actor().organization.as_str(), "invitations", id, "revoke"];
    let body = json!({ "requesting_user_id": by.actor().user });
    let revoked = of_the_grant(by, by.clerk_api().change(Method::POST, &path, Some(body)).await?)?;
    if revoked.id == id {
        Ok(revoked)
    } else {
        Err(ClerkApiError::Unavailable("the answer is about another invitation".to_owned()))
    }
}

/// The answer is stored as it is, so it must be about the organization that the change was asked for.
fn of_the_grant<Op: Operation>(by: &Granted<Op>, invitation: Invitation) -> Result<Invitation, ClerkApiError> {
    if invitation.organization == by.actor().organization {
        Ok(invitation)
    } else {
        Err(ClerkApiError::Unavailable("the answer is about another organization".to_owned()))
    }
}
