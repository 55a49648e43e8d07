//! The server functions of the pages about users of the whole instance.

use crate::call_error::CallError;
use domain::operation::{UserDetailsView, UserView};
use domain::page_view::PageView;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::authorize::require,
    crate::refuse,
    domain::operation,
    gatehouse::{commands, store, user_directory},
};

/// Reads one page of the people, newest first; `query` is a part of a name, an address or an id.
#[server(endpoint = "list_users", prefix = "/api")]
pub async fn list_users(
    #[server(default)] page: String,
    #[server(default)] query: String,
) -> Result<PageView<UserView>, CallError> {
    let granted = require(operation::ListUsers { page, query }).await?;
    user_directory::list_users(&granted).await.map_err(refuse::clerk_error)
}

/// Reads a person with their organizations.
#[server(endpoint = "show_user", prefix = "/api")]
pub async fn show_user(user_id: String) -> Result<UserDetailsView, CallError> {
    let granted = require(operation::ShowUser { user_id }).await?;
    let user = user_directory::show_user(&granted).await.map_err(refuse::clerk_error)?;
    let organizations = store::users::organizations(&granted).await.map_err(refuse::store_error)?;
    Ok(UserDetailsView { user, organizations })
}

/// Keeps a person out and ends their sessions: first at Clerk, then here.
#[server(endpoint = "ban_user", prefix = "/api")]
pub async fn ban_user(user_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::BanUser { user_id, reason }).await?;
    commands::ban_user(granted).await.map_err(refuse::command_error)
}

/// Lets a banned person in again: first at Clerk, then here.
#[server(endpoint = "unban_user", prefix = "/api")]
pub async fn unban_user(user_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::UnbanUser { user_id, reason }).await?;
    commands::unban_user(granted).await.map_err(refuse::command_error)
}

/// Keeps a person from signing in: first at Clerk, then here.
#[server(endpoint = "lock_user", prefix = "/api")]
pub async fn lock_user(user_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::LockUser { user_id, reason }).await?;
    commands::lock_user(granted).await.map_err(refuse::command_error)
}

/// Lets a locked person sign in again: first at Clerk, then here.
#[server(endpoint = "unlock_user", prefix = "/api")]
pub async fn unlock_user(user_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::UnlockUser { user_id, reason }).await?;
    commands::unlock_user(granted).await.map_err(refuse::command_error)
}
