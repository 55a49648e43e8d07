//! Invitations to the organization.

use crate::call_error::CallError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {
    crate::authorize::require,
    crate::refuse,
    domain::operation,
    domain::text::shown,
    gatehouse::{commands, store},
};

/// An invitation that nobody has answered yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// Clerk's id.
    pub id: String,
    /// Who is invited.
    pub email: String,
    /// Role without the leading `org:`.
    pub role: String,
    /// Since when, Unix milliseconds.
    pub since_ms: i64,
}

#[cfg(feature = "ssr")]
impl From<store::invitations::PendingInvitation> for InvitationView {
    fn from(row: store::invitations::PendingInvitation) -> Self {
        Self { id: row.id, email: shown(&row.email), role: shown(&row.role), since_ms: row.since_ms }
    }
}

/// Reads the invitations that nobody has answered yet, newest first.
#[server(endpoint = "list_invitations", prefix = "/api")]
pub async fn list_invitations() -> Result<Vec<InvitationView>, CallError> {
    let granted = require(operation::ListInvitations {}).await?;
    let found = store::invitations::list(&granted).await.map_err(refuse::store_error)?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// Invites somebody by email: first at Clerk, then here.
#[server(endpoint = "invite_member", prefix = "/api")]
pub async fn invite_member(email_address: String, role: String) -> Result<(), CallError> {
    let granted = require(operation::InviteMember { email_address, role }).await?;
    commands::invite_member(granted).await.map_err(refuse::command_error)
}

/// Takes an invitation back: first at Clerk, then here.
#[server(endpoint = "revoke_invitation", prefix = "/api")]
pub async fn revoke_invitation(invitation_id: String) -> Result<(), CallError> {
    let granted = require(operation::RevokeInvitation { invitation_id }).await?;
    commands::revoke_invitation(granted).await.map_err(refuse::command_error)
}
