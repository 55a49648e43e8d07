//! The server functions of operations on several members.

use crate::call_error::CallError;
use domain::operation::BulkView;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {crate::authorize::require, crate::refuse, domain::operation, gatehouse::commands};

/// Gives members another role, as `change_role` does for one; `user_ids` has a blank between ids.
#[server(endpoint = "change_roles", prefix = "/api")]
pub async fn change_roles(
    user_ids: String,
    role: String,
    #[server(default)] reason: String,
) -> Result<BulkView, CallError> {
    let granted = require(operation::ChangeRoles { user_ids, role, reason }).await?;
    commands::change_roles(granted).await.map_err(refuse::refuse)
}

/// Takes members out of the organization, as `remove_member` does for one.
#[server(endpoint = "remove_members", prefix = "/api")]
pub async fn remove_members(user_ids: String, #[server(default)] reason: String) -> Result<BulkView, CallError> {
    let granted = require(operation::RemoveMembers { user_ids, reason }).await?;
    commands::remove_members(granted).await.map_err(refuse::refuse)
}

/// Ends every session of members, as `sign_out_everywhere` does for one.
#[server(endpoint = "sign_out_members", prefix = "/api")]
pub async fn sign_out_members(user_ids: String, #[server(default)] reason: String) -> Result<BulkView, CallError> {
    let granted = require(operation::SignOutMembers { user_ids, reason }).await?;
    commands::sign_out_members(granted).await.map_err(refuse::refuse)
}
