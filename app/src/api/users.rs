//! People of the whole instance.

use super::audit::PageView;
use crate::call_error::CallError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {
    crate::authorize::require,
    crate::refuse,
    domain::operation,
    domain::text::{shown, shown_or},
    gatehouse::{commands, user_directory},
};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// Clerk's id.
    pub id: String,
    /// Name; the id where there is none.
    pub name: String,
    /// Email address, once proven.
    pub email: Option<String>,
    /// Whether an administrator keeps them out.
    pub banned: bool,
    /// Whether they may not sign in.
    pub locked: bool,
    /// Unix milliseconds; `None` where nobody ever signed in.
    pub last_sign_in_ms: Option<i64>,
    /// Whether this is the person who is looking.
    pub is_you: bool,
}

#[cfg(feature = "ssr")]
impl UserView {
    fn of(user: clerk::objects::User, looking: &gatehouse::actor::Actor) -> Self {
        Self {
            is_you: user.id == looking.user,
            name: shown_or(gatehouse::user_directory::display_name(&user).as_deref(), user.id.as_str()),
            id: user.id.into(),
            email: user.email.as_deref().map(shown),
            banned: user.banned,
            locked: user.locked,
            last_sign_in_ms: user.last_sign_in_at,
        }
    }
}

/// Reads one page of the people, newest first; `query` is a part of a name, an address or an id.
#[server(endpoint = "list_users", prefix = "/api")]
pub async fn list_users(
    #[server(default)] page: u32,
    #[server(default)] query: String,
) -> Result<PageView<UserView>, CallError> {
    let granted = require(operation::ListUsers { page, query }).await?;
    let found = user_directory::list_users(&granted).await.map_err(refuse::clerk_error)?;
    let rows = found.rows.into_iter().map(|user| UserView::of(user, granted.actor())).collect();
    Ok(PageView { rows, page, more: found.more })
}

/// Keeps a person out and ends their sessions: first at Clerk, then here.
#[server(endpoint = "ban_user", prefix = "/api")]
pub async fn ban_user(user_id: String) -> Result<(), CallError> {
    let granted = require(operation::BanUser { user_id }).await?;
    commands::ban_user(granted).await.map_err(refuse::command_error)
}

/// Lets a banned person in again: first at Clerk, then here.
#[server(endpoint = "unban_user", prefix = "/api")]
pub async fn unban_user(user_id: String) -> Result<(), CallError> {
    let granted = require(operation::UnbanUser { user_id }).await?;
    commands::unban_user(granted).await.map_err(refuse::command_error)
}

/// Keeps a person from signing in: first at Clerk, then here.
#[server(endpoint = "lock_user", prefix = "/api")]
pub async fn lock_user(user_id: String) -> Result<(), CallError> {
    let granted = require(operation::LockUser { user_id }).await?;
    commands::lock_user(granted).await.map_err(refuse::command_error)
}

/// Lets a locked person sign in again: first at Clerk, then here.
#[server(endpoint = "unlock_user", prefix = "/api")]
pub async fn unlock_user(user_id: String) -> Result<(), CallError> {
    let granted = require(operation::UnlockUser { user_id }).await?;
    commands::unlock_user(granted).await.map_err(refuse::command_error)
}
