//! The server functions of invitations to the organization.

use crate::call_error::CallError;
use domain::operation::InvitationView;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::authorize::require,
    crate::refuse,
    domain::operation,
    gatehouse::{commands, store},
};

/// Reads the invitations that nobody has answered yet, newest first.
#[server(endpoint = "list_invitations", prefix = "/api")]
pub async fn list_invitations() -> Result<Vec<InvitationView>, CallError> {
    let granted = require(operation::ListInvitations {}).await?;
    store::invitations::list(&granted).await.map_err(refuse::store_error)
}

/// Invites somebody by email: first at Clerk, then here.
#[server(endpoint = "invite_member", prefix = "/api")]
pub async fn invite_member(email_address: String, role: String) -> Result<(), CallError> {
    let granted = require(operation::InviteMember { email_address, role }).await?;
    commands::invite_member(granted).await.map_err(refuse::command_error)
}

/// Sends an invitation again: Clerk revokes it and sends a new one, which is then stored here.
#[server(endpoint = "resend_invitation", prefix = "/api")]
pub async fn resend_invitation(invitation_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::ResendInvitation { invitation_id, reason }).await?;
    commands::resend_invitation(granted).await.map_err(refuse::command_error)
}

/// Takes an invitation back: first at Clerk, then here.
#[server(endpoint = "revoke_invitation", prefix = "/api")]
pub async fn revoke_invitation(invitation_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::RevokeInvitation { invitation_id, reason }).await?;
    commands::revoke_invitation(granted).await.map_err(refuse::command_error)
}
