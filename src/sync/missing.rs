//! Deletes mirrored objects that Clerk does not list: their deletion was never reported by a
//! webhook.
//!
//! Reading a list page by page can skip an object while others are deleted, and a deletion here is
//! permanent. So each missing object is requested from Clerk by its id, and only a 404 deletes it.

use super::error::SyncError;
use crate::clock::Clock;
use crate::db::Database;
use crate::store::live::{self, LiveIds};
use crate::store::mirror;
use crate::store::tombstones::{self, Deleted};
use clerk::backend_api::{BackendApi, BackendApiError};
use domain::ids::{OrganizationId, UserId};
use std::collections::HashSet;

/// The ids that Clerk's lists contained.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) users: HashSet<String>,
    pub(super) organizations: HashSet<String>,
    pub(super) memberships: HashSet<String>,
    pub(super) invitations: HashSet<String>,
    pub(super) roles: HashSet<String>,
    pub(super) permissions: HashSet<String>,
}

/// Deletes objects that no longer exist at Clerk, and returns their number. Objects that end with a
/// user or an organization are not counted.
///
/// # Errors
/// Clerk or the database does not answer, or refuses a request.
pub(super) async fn delete_missing(database: &Database, api: &BackendApi, listed: &Listed) -> Result<u64, SyncError> {
    let now_ms = Clock::default().now_ms();
    let LiveIds { users, organizations, roles, permissions } = live::live_ids(database).await?;
    let kinds = [
        (Deleted::User, "users", users, &listed.users),
        (Deleted::Organization, "organizations", organizations, &listed.organizations),
        (Deleted::Role, "organization_roles", roles, &listed.roles),
        (Deleted::Permission, "organization_permissions", permissions, &listed.permissions),
    ];
    let mut deleted = 0;
    for (kind, collection, ids, listed) in kinds {
        // Every instance has roles and permissions. An empty list means that the plan has no
        // endpoint for them, and then a 404 says nothing about one of them.
        let is_optional = matches!(kind, Deleted::Role | Deleted::Permission);
        if is_optional && listed.is_empty() {
            continue;
        }
        for id in ids.iter().filter(|id| !listed.contains(*id)) {
            if !api.exists(collection, id).await? {
                tombstones::mark_deleted(database, kind, id, now_ms).await?;
                deleted += 1;
            }
        }
    }
    deleted += end_memberships(database, api, listed, now_ms).await?;
    deleted += end_invitations(database, api, listed).await?;
    Ok(deleted)
}

async fn end_memberships(
    database: &Database,
    api: &BackendApi,
    listed: &Listed,
    now_ms: i64,
) -> Result<u64, SyncError> {
    let mut ended = 0;
    let memberships = live::memberships(database).await?;
    for (id, user) in memberships.iter().filter(|(id, _)| !listed.memberships.contains(id)) {
        if !has_membership(api, id, user).await? {
            tombstones::mark_membership_deleted(database, id, now_ms).await?;
            ended += 1;
        }
    }
    Ok(ended)
}

async fn has_membership(api: &BackendApi, id: &str, user: &str) -> Result<bool, SyncError> {
    let Ok(user) = UserId::parse(user) else { return Ok(false) };
    match api.find_user_membership(&user, |membership| membership.id == id).await {
        Ok(membership) => Ok(membership.is_some()),
        Err(BackendApiError::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// An invitation that is not pending any more has another status at Clerk, which is stored.
async fn end_invitations(database: &Database, api: &BackendApi, listed: &Listed) -> Result<u64, SyncError> {
    let mut ended = 0;
    let pending = live::invitations(database).await?;
    for (id, organization) in pending.iter().filter(|(id, _)| !listed.invitations.contains(id)) {
        let Ok(organization) = OrganizationId::parse(organization) else { continue };
        match api.invitation(&organization, id).await {
            Ok(invitation) => {
                ended += u64::from(invitation.status != "pending");
                mirror::upsert_page(database, &[invitation]).await?;
            }
            Err(BackendApiError::NotFound) => {
                tombstones::mark_invitation_ended(database, &organization, id).await?;
                ended += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(ended)
}
