//! Locks the row of a user or an organization until the transaction ends.
//!
//! A webhook may tell about a membership before its user, so the lock inserts a missing row. It is
//! apart from `mirror` and `tombstones`, because both start with it.

use super::search_text::SearchColumns;
use crate::db::{Connection, StoreError};
use sqlx::FromRow;

/// Locks the row of a user until the transaction ends, and inserts it if it is missing. Returns
/// whether the user is deleted.
pub(super) async fn lock_user(connection: &mut Connection, user: &str) -> Result<bool, StoreError> {
    let columns = SearchColumns::of(user, None, None);
    let (deleted_at,): (Option<i64>,) = sqlx::query_as(
        "insert into users (id, updated_at, search_text, sort_key) values ($1, 0, $2, $3) \
         on conflict (id) do update set updated_at = users.updated_at returning deleted_at",
    )
    .bind(user)
    .bind(columns.search_text)
    .bind(columns.sort_key)
    .fetch_one(connection)
    .await?;
    Ok(deleted_at.is_some())
}

/// The row of an organization that is locked.
#[derive(FromRow)]
pub(super) struct LockedOrganization {
    deleted_at: Option<i64>,
    /// The name that pages show first.
    pub(super) name: Option<String>,
}

impl LockedOrganization {
    pub(super) fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }
}

/// Locks the row of an organization until the transaction ends, and inserts it if it is missing.
pub(super) async fn lock_organization(connection: &mut Connection, id: &str) -> Result<LockedOrganization, StoreError> {
    let locked = sqlx::query_as(
        "insert into organizations (id, updated_at) values ($1, 0) \
         on conflict (id) do update set updated_at = organizations.updated_at \
         returning deleted_at, coalesce(display_name, name) as name",
    )
    .bind(id)
    .fetch_one(connection)
    .await?;
    Ok(locked)
}
