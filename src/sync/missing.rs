//! What the copy has and Clerk does not list: deleted there, and no webhook told of it.
//!
//! A list that is read page by page can miss an object while others are deleted, and a deletion here is for good. So Clerk is asked for each missing
//! one by itself, and only its "no" counts.

use super::error::SyncError;
use crate::clock::Clock;
use crate::db::Database;
use crate::store::tombstones::{self, Deleted, Living};
use clerk::backend_api::{BackendApi, BackendApiError};
use domain::ids::UserId;
use std::collections::HashSet;

/// Ids that Clerk listed.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) users: HashSet<String>,
    pub(super) organizations: HashSet<String>,
    pub(super) memberships: HashSet<String>,
}

/// Forgets what Clerk does not have any more, and tells how many there were. What ends with a user or organization is not counted.
///
/// # Errors
/// Clerk or the database.
pub(super) async fn forget(store: &Database, api: &BackendApi, listed: &Listed) -> Result<u64, SyncError> {
    let now_ms = Clock::default().now_ms();
    let Living { users, organizations, .. } = tombstones::living(store).await?;
    let mut gone = 0;
    for id in users.iter().filter(|id| !listed.users.contains(*id)) {
        if !api.exists("users", id).await? {
            tombstones::forget(store, Deleted::User, id, now_ms).await?;
            gone += 1;
        }
    }
    for id in organizations.iter().filter(|id| !listed.organizations.contains(*id)) {
        if !api.exists("organizations", id).await? {
            tombstones::forget(store, Deleted::Organization, id, now_ms).await?;
            gone += 1;
        }
    }
    let Living { memberships, .. } = tombstones::living(store).await?;
    for (id, user) in memberships.iter().filter(|(id, _)| !listed.memberships.contains(id)) {
        if !has_membership(api, id, user).await? {
            tombstones::forget_membership(store, id, now_ms).await?;
            gone += 1;
        }
    }
    Ok(gone)
}

async fn has_membership(api: &BackendApi, id: &str, user: &str) -> Result<bool, SyncError> {
    let Ok(user) = UserId::parse(user) else { return Ok(false) };
    let mut offset = Some(0);
    while let Some(from) = offset {
        let page = match api.user_memberships(&user, from).await {
            Err(BackendApiError::NotFound) => return Ok(false),
            page => page?,
        };
        if page.objects.iter().any(|membership| membership.id == id) {
            return Ok(true);
        }
        offset = page.next;
    }
    Ok(false)
}
