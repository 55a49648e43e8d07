//! Deletes mirrored objects that Clerk does not list: their deletion was never reported by a
//! webhook.
//!
//! Reading a list page by page can skip an object while others are deleted, and a deletion here is
//! permanent. So each missing object is requested from Clerk by its id, and only a 404 deletes it.

use super::error::SyncError;
use crate::clock::Clock;
use crate::db::Database;
use crate::store::tombstones::{self, Deleted, LiveIds};
use clerk::backend_api::{BackendApi, BackendApiError};
use domain::ids::UserId;
use std::collections::HashSet;

/// The ids that Clerk's lists contained.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) users: HashSet<String>,
    pub(super) organizations: HashSet<String>,
    pub(super) memberships: HashSet<String>,
}

/// Deletes objects that no longer exist at Clerk, and returns their number. Objects that end with a
/// user or an organization are not counted.
///
/// # Errors
/// Clerk or the database does not answer, or refuses a request.
pub(super) async fn delete_missing(database: &Database, api: &BackendApi, listed: &Listed) -> Result<u64, SyncError> {
    let now_ms = Clock::default().now_ms();
    let LiveIds { users, organizations, .. } = tombstones::live_ids(database).await?;
    let mut deleted = 0;
    for id in users.iter().filter(|id| !listed.users.contains(*id)) {
        if !api.exists("users", id).await? {
            tombstones::mark_deleted(database, Deleted::User, id, now_ms).await?;
            deleted += 1;
        }
    }
    for id in organizations.iter().filter(|id| !listed.organizations.contains(*id)) {
        if !api.exists("organizations", id).await? {
            tombstones::mark_deleted(database, Deleted::Organization, id, now_ms).await?;
            deleted += 1;
        }
    }
    let LiveIds { memberships, .. } = tombstones::live_ids(database).await?;
    for (id, user) in memberships.iter().filter(|(id, _)| !listed.memberships.contains(id)) {
        if !has_membership(api, id, user).await? {
            tombstones::mark_membership_deleted(database, id, now_ms).await?;
            deleted += 1;
        }
    }
    Ok(deleted)
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
