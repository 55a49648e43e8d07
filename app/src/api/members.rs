//! Members of the organization and their roles.

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
    gatehouse::{commands, store},
};

/// A member with their running sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// Clerk's id of the user.
    pub user_id: String,
    /// Name; the id where Clerk has told us nothing yet.
    pub name: String,
    /// Email address, where known.
    pub email: Option<String>,
    /// Role without the leading `org:`.
    pub role: String,
    /// Whether this is the person who is looking.
    pub is_you: bool,
    /// Whether an administrator of the instance keeps them out.
    pub banned: bool,
    /// Whether they may not sign in.
    pub locked: bool,
    /// Running sessions.
    pub sessions: Vec<SessionView>,
}

/// A running session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Clerk's id.
    pub id: String,
    /// Browser and system, where known.
    pub client: Option<String>,
    /// Since when, Unix milliseconds.
    pub since_ms: i64,
    /// Whether it is the session that is looking.
    pub is_this_one: bool,
    /// Whether something is left to do after sign-in: until then it counts as signed out.
    pub pending: bool,
}

#[cfg(feature = "ssr")]
impl MemberView {
    fn of(row: store::members::Member, looking: &gatehouse::actor::Actor) -> Self {
        let sessions = row.sessions.into_iter().map(|session| SessionView {
            is_this_one: session.id == looking.session.as_str(),
            id: session.id,
            client: session.client.as_deref().map(shown),
            since_ms: session.since_ms,
            pending: session.pending,
        });
        Self {
            is_you: row.user_id == looking.user.as_str(),
            name: shown_or(row.name.as_deref(), &row.user_id),
            user_id: row.user_id,
            email: row.email.as_deref().map(shown),
            role: row.role,
            banned: row.banned,
            locked: row.locked,
            sessions: sessions.collect(),
        }
    }
}

/// Reads one page of the members, ordered by name; `query` is a part of a name, an address or an
/// id.
#[server(endpoint = "list_members", prefix = "/api")]
pub async fn list_members(
    #[server(default)] page: u32,
    #[server(default)] query: String,
) -> Result<PageView<MemberView>, CallError> {
    let granted = require(operation::ListMembers { page, query }).await?;
    let found = store::members::list(&granted).await.map_err(refuse::store_error)?;
    let rows = found.rows.into_iter().map(|row| MemberView::of(row, granted.actor())).collect();
    Ok(PageView { rows, page, more: found.more })
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
