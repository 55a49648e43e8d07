//! Invitations to an organization.

use super::client::BackendApi;
use super::commands::Commands;
use super::error::BackendApiError;
use crate::ids::{OrganizationId, UserId};
use crate::objects::Invitation;
use reqwest::Method;
use serde_json::{Value, json};

/// An invitation that Clerk sends by email.
#[derive(Clone, Copy, Debug)]
pub struct NewInvitation<'a> {
    /// The organization.
    pub organization: &'a OrganizationId,
    /// The address that the mail goes to.
    pub email_address: &'a str,
    /// Key of the role as Clerk's API writes it, `org:member` for example.
    pub role: &'a str,
    /// The user who invites.
    pub inviter: &'a UserId,
}

impl Commands<'_> {
    /// Invites a person to an organization. Clerk sends the email, whose link leads to the page of
    /// [`BackendApi::with_invitation_redirect`].
    ///
    /// # Errors
    /// Clerk rejects the address or the role, or cannot be reached.
    pub async fn create_invitation(&self, new: NewInvitation<'_>) -> Result<Invitation, BackendApiError> {
        let mut body = json!({
            "email_address": new.email_address, "role": new.role, "inviter_user_id": new.inviter,
        });
        if let Some(url) = &self.api.invitation_redirect {
            body["redirect_url"] = json!(url);
        }
        self.change_invitation(new.organization, &["invitations"], body).await
    }

    /// Revokes an invitation.
    ///
    /// # Errors
    /// Clerk does not have the invitation, it is not pending any more, or Clerk cannot be reached.
    pub async fn revoke_invitation(
        &self,
        organization: &OrganizationId,
        id: &str,
        requesting_user: &UserId,
    ) -> Result<Invitation, BackendApiError> {
        let body = json!({ "requesting_user_id": requesting_user });
        let revoked = self.change_invitation(organization, &["invitations", id, "revoke"], body).await?;
        if revoked.id == id {
            Ok(revoked)
        } else {
            Err(BackendApiError::Unavailable("the answer is about another invitation".to_owned()))
        }
    }

    /// Callers store the answer as it is, so it must be about the named organization.
    async fn change_invitation(
        &self,
        organization: &OrganizationId,
        path: &[&str],
        body: Value,
    ) -> Result<Invitation, BackendApiError> {
        let path = [&["organizations", organization.as_str()], path].concat();
        let invitation: Invitation = self.api.change(Method::POST, &path, Some(body)).await?;
        if invitation.organization == *organization {
            Ok(invitation)
        } else {
            Err(BackendApiError::Unavailable("the answer is about another organization".to_owned()))
        }
    }
}

impl BackendApi {
    /// One invitation to an organization, whatever its status.
    ///
    /// # Errors
    /// Clerk does not have the invitation, or cannot be reached.
    pub async fn invitation(&self, to: &OrganizationId, id: &str) -> Result<Invitation, BackendApiError> {
        self.object(&["organizations", to.as_str(), "invitations", id]).await
    }
}
