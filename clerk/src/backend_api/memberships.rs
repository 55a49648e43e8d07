//! Changes of memberships.

use super::commands::Commands;
use super::error::BackendApiError;
use crate::ids::{OrganizationId, UserId};
use crate::objects::Membership;
use reqwest::Method;
use serde_json::{Value, json};

impl Commands<'_> {
    /// Gives a member another role. `role` is a key as Clerk's API writes it, `org:admin` for
    /// example.
    ///
    /// # Errors
    /// Clerk does not have the membership, rejects the role, or cannot be reached.
    pub async fn update_membership_role(
        &self,
        organization: &OrganizationId,
        user: &UserId,
        role: &str,
    ) -> Result<Membership, BackendApiError> {
        self.change_membership(Method::PATCH, organization, user, Some(json!({ "role": role }))).await
    }

    /// Removes a member from an organization. Tokens that name the organization as the active one
    /// stay valid until they expire.
    ///
    /// # Errors
    /// Clerk does not have the membership, or cannot be reached.
    pub async fn delete_membership(
        &self,
        organization: &OrganizationId,
        user: &UserId,
    ) -> Result<Membership, BackendApiError> {
        self.change_membership(Method::DELETE, organization, user, None).await
    }

    /// Callers store the answer as it is, so it must be about the named membership.
    async fn change_membership(
        &self,
        method: Method,
        organization: &OrganizationId,
        user: &UserId,
        body: Option<Value>,
    ) -> Result<Membership, BackendApiError> {
        let path = ["organizations", organization.as_str(), "memberships", user.as_str()];
        let membership: Membership = self.api.change(method, &path, body).await?;
        if membership.organization == *organization && membership.user == *user {
            Ok(membership)
        } else {
            Err(BackendApiError::Unavailable("the answer is about another membership".to_owned()))
        }
    }
}
