//! Members of the organization and their roles.

use crate::call_error::CallError;
use domain::views::PageView;
use domain::views::members::MemberView;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::authorize::require,
    crate::refuse,
    domain::operation,
    gatehouse::{commands, store},
};

/// Reads one page of the members, ordered by name; `query` is a part of a name, an address or an
/// id.
#[server(endpoint = "list_members", prefix = "/api")]
pub async fn list_members(
    #[server(default)] page: u32,
    #[server(default)] query: String,
) -> Result<PageView<MemberView>, CallError> {
    let granted = require(operation::ListMembers { page, query }).await?;
    store::members::list(&granted).await.map_err(refuse::store_error)
}

/// Gives a member another role: first at Clerk, then here.
#[server(endpoint = "change_role", prefix = "/api")]
pub async fn change_role(user_id: String, role: String) -> Result<(), CallError> {
    let granted = require(operation::ChangeRole { user_id, role }).await?;
    commands::change_role(granted).await.map_err(refuse::command_error)
}

/// Takes a member out of the organization: first at Clerk, then here.
#[server(endpoint = "remove_member", prefix = "/api")]
pub async fn remove_member(user_id: String) -> Result<(), CallError> {
    let granted = require(operation::RemoveMember { user_id }).await?;
    commands::remove_member(granted).await.map_err(refuse::command_error)
}
