//! Deletes mirrored objects with everything that depends on them, and keeps a tombstone of each.
//!
//! Clerk may report the deletion of a user or an organization in one event and never mention the
//! memberships, sessions and invitations that depend on it. The deletion therefore ends them too,
//! and later events about them keep them ended. Both sides first write the row of the user or
//! organization, which locks it: when PostgreSQL handles a deletion and a membership at once, the
//! second transaction sees the first. The deleted row stays as a tombstone, so a late event cannot
//! restore it; its personal data is erased.

use super::counts::{self, Counted, CountedUsers};
use super::erasure::{ErasedRows, erase_mentions};
use super::member_words;
use crate::db::Connection;
use crate::db::{Database, StoreError};
use domain::ids::{OrganizationId, SessionId, UserId};

const DELETE_ROLE: &str = "insert into roles (id, updated_at, deleted_at) values ($1, $2, $2) \
     on conflict (id) do update set deleted_at = excluded.deleted_at, key = null, name = null, permissions = null";
const DELETE_PERMISSION: &str = "insert into permissions (id, updated_at, deleted_at) values ($1, $2, $2) \
     on conflict (id) do update set deleted_at = excluded.deleted_at, key = null, name = null";
/// Reads the address before it is erased; no row if there is nothing to erase.
const ADDRESS_OF_USER: &str = "select email from users where id = $1 and (name is not null or email is not null)";
const DELETE_USER: &str = "insert into users (id, updated_at, deleted_at) values ($1, $2, $2) \
     on conflict (id) do update set deleted_at = excluded.deleted_at, name = null, email = null, \
       search_text = null, sort_key = null, \
       banned = 0, locked = 0";
const DELETE_ORGANIZATION: &str = "insert into organizations (id, updated_at, deleted_at) values ($1, $2, $2) \
     on conflict (id) do update set deleted_at = excluded.deleted_at, slug = null, name = null, display_name = null";
const DELETE_MEMBERSHIPS_OF_USER: &str = "update memberships \
     set deleted_at = coalesce(deleted_at, $2), search_text = null, sort_key = null, role_order = null \
     where user_id = $1 and (deleted_at is null or search_text is not null or role_order is not null)";
const DELETE_MEMBERSHIPS_OF_ORGANIZATION: &str = "update memberships \
     set deleted_at = $2, search_text = null, sort_key = null, role_order = null, has_words = 0 \
     where organization_id = $1 and deleted_at is null";

/// The types of objects whose deletion event carries only an id.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deleted {
    User,
    Organization,
    Role,
    Permission,
}

/// Deletes an object permanently, together with the memberships and sessions of a user, or the
/// memberships and pending invitations of an organization.
pub(super) async fn delete(
    connection: &mut Connection,
    deleted: Deleted,
    id: &str,
    at_ms: i64,
) -> Result<(), StoreError> {
    let statements: &[&'static str] = match deleted {
        Deleted::User => return delete_user(connection, id, at_ms).await.map(|_| ()),
        Deleted::Organization => &[DELETE_ORGANIZATION, DELETE_MEMBERSHIPS_OF_ORGANIZATION],
        Deleted::Role => &[DELETE_ROLE],
        Deleted::Permission => &[DELETE_PERMISSION],
    };
    for statement in statements {
        sqlx::query(*statement).bind(id).bind(at_ms).execute(&mut *connection).await?;
    }
    if matches!(deleted, Deleted::Organization) {
        counts::delete(connection, id).await?;
        member_words::erase_organization(connection, id).await?;
        end_invitations(connection, id).await?;
    }
    Ok(())
}

/// Deletes a user permanently, with everything that belongs to them, and erases their personal data
/// in every table but the audit log. Returns the numbers of rows.
pub(super) async fn delete_user(
    connection: &mut Connection,
    id: &str,
    at_ms: i64,
) -> Result<Vec<ErasedRows>, StoreError> {
    // The lock comes first, so that no other transaction stores a newer address meanwhile.
    let users = CountedUsers::lock(connection, [id]).await?;
    let stored: Option<(Option<String>,)> =
        sqlx::query_as(ADDRESS_OF_USER).bind(id).fetch_optional(&mut *connection).await?;
    sqlx::query(DELETE_USER).bind(id).bind(at_ms).execute(&mut *connection).await?;
    let memberships = sqlx::query(DELETE_MEMBERSHIPS_OF_USER).bind(id).bind(at_ms).execute(&mut *connection).await?;
    member_words::update(connection, id).await?;
    let mut erased = vec![
        ErasedRows { table: "users", rows: u64::from(stored.is_some()) },
        ErasedRows { table: "memberships", rows: memberships.rows_affected() },
    ];
    let email = stored.and_then(|(email,)| email);
    erased.push(ErasedRows { table: "sessions", rows: end_sessions(connection, id, &users).await? });
    users.store_changes(connection).await?;
    erased.extend(erase_mentions(connection, id, email.as_deref()).await?);
    Ok(erased)
}

/// Ends every session of a deleted user and erases its client. No event of Clerk reports this end,
/// so `updated_at` of an active or pending session becomes 0: a later event about the session wins.
/// Returns the number of changed sessions.
pub(super) async fn end_sessions(connection: &mut Connection, user: &str, _: &CountedUsers) -> Result<u64, StoreError> {
    let ended = sqlx::query(
        "update sessions set client = null, \
           updated_at = case when status in ('active', 'pending') then 0 else updated_at end, \
           status = case when status in ('active', 'pending') then 'removed' else status end \
         where user_id = $1 and (client is not null or status in ('active', 'pending'))",
    );
    Ok(ended.bind(user).execute(connection).await?.rows_affected())
}

/// Revokes the pending invitations of a deleted organization. As in [`end_sessions`], `updated_at`
/// becomes 0.
pub(super) async fn end_invitations(connection: &mut Connection, organization: &str) -> Result<(), StoreError> {
    sqlx::query(
        "update invitations set status = 'revoked', email = null, updated_at = 0 \
         where organization_id = $1 and status = 'pending'",
    )
    .bind(organization)
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the membership of a user that no longer exists at Clerk. `at_ms` is in Unix milliseconds.
pub(super) async fn end_membership_of(
    connection: &mut Connection,
    organization: &OrganizationId,
    user: &UserId,
    at_ms: i64,
) -> Result<(), StoreError> {
    let users = CountedUsers::lock(connection, [user.as_str()]).await?;
    sqlx::query(
        "update memberships set deleted_at = $3, search_text = null, sort_key = null, role_order = null \
         where organization_id = $1 and user_id = $2 and deleted_at is null",
    )
    .bind(organization.as_str())
    .bind(user.as_str())
    .bind(at_ms)
    .execute(&mut *connection)
    .await?;
    member_words::update(connection, user.as_str()).await?;
    users.store_changes(connection).await
}

/// Ends a session that no longer exists at Clerk. A later event about the session wins.
pub(super) async fn end_session(connection: &mut Connection, session: &SessionId) -> Result<(), StoreError> {
    const OWNER: &str = "select user_id from sessions where id = $1";
    let users = lock_owner(connection, OWNER, session.as_str(), Some(session.as_str())).await?;
    sqlx::query(
        "update sessions set status = 'removed', updated_at = 0 where id = $1 and status in ('active', 'pending')",
    )
    .bind(session.as_str())
    .execute(&mut *connection)
    .await?;
    users.store_changes(connection).await
}

/// Locks the user of a row; no user if there is no row. The user of a row never changes.
async fn lock_owner(
    connection: &mut Connection,
    owner: &'static str,
    id: &str,
    session: Option<&str>,
) -> Result<CountedUsers, StoreError> {
    let found: Option<(String,)> = sqlx::query_as(owner).bind(id).fetch_optional(&mut *connection).await?;
    CountedUsers::lock(connection, found.as_ref().map(|(user,)| Counted { user, session })).await
}

/// Ends an invitation that no longer exists at Clerk, and erases its address.
pub(super) async fn end_invitation(
    connection: &mut Connection,
    organization: &OrganizationId,
    id: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "update invitations set status = 'revoked', email = null, updated_at = 0 \
         where organization_id = $1 and id = $2 and status = 'pending'",
    )
    .bind(organization.as_str())
    .bind(id)
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes an object that no longer exists at Clerk, with the same effect as its webhook. `at_ms`
/// is in Unix milliseconds.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(crate) async fn mark_deleted(
    database: &Database,
    deleted: Deleted,
    id: &str,
    at_ms: i64,
) -> Result<(), StoreError> {
    let mut transaction = database.writer().begin().await?;
    delete(&mut transaction, deleted, id, at_ms).await?;
    Ok(transaction.commit().await?)
}

/// Ends a membership that no longer exists at Clerk. `at_ms` is in Unix milliseconds.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(crate) async fn mark_membership_deleted(database: &Database, id: &str, at_ms: i64) -> Result<(), StoreError> {
    const OWNER: &str = "select user_id from memberships where id = $1";
    let mut transaction = database.writer().begin().await?;
    let users = lock_owner(&mut transaction, OWNER, id, None).await?;
    sqlx::query(
        "update memberships set deleted_at = $2, search_text = null, sort_key = null, role_order = null, has_words = 0 \
         where id = $1 and deleted_at is null",
    )
    .bind(id)
    .bind(at_ms)
    .execute(&mut *transaction)
    .await?;
    member_words::erase(&mut transaction, id).await?;
    users.store_changes(&mut transaction).await?;
    Ok(transaction.commit().await?)
}

/// Ends an invitation that no longer exists at Clerk.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(crate) async fn mark_invitation_ended(
    database: &Database,
    organization: &OrganizationId,
    id: &str,
) -> Result<(), StoreError> {
    let mut transaction = database.writer().begin().await?;
    end_invitation(&mut transaction, organization, id).await?;
    Ok(transaction.commit().await?)
}

/// Ends a session that no longer exists at Clerk.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(crate) async fn mark_session_ended(database: &Database, session: &SessionId) -> Result<(), StoreError> {
    let mut transaction = database.writer().begin().await?;
    end_session(&mut transaction, session).await?;
    Ok(transaction.commit().await?)
}
