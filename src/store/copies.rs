//! The local copies of Clerk's objects: one statement for each kind.
//!
//! Webhooks, `server sync` and the answers to our own changes all come through here, in any order and more than once. Which of two versions stays is
//! decided by what they say and never by which came first: a deletion wins over every update, an end over everything that runs, and otherwise the
//! younger one. So every order ends in the same rows.

use super::{Store, StoreError};
use crate::clerk_objects::{ClerkObject, Invitation, Membership, Organization, Permission, Role, Session, User};
use sqlx::AnyConnection;

/// An object that has a copy here.
pub(crate) trait Copied: ClerkObject {
    /// Keeps this version, unless what is stored wins over it.
    async fn keep(&self, connection: &mut AnyConnection) -> Result<(), StoreError>;
}

/// Keeps a page of objects in one transaction.
///
/// # Errors
/// The database; then nothing of the page is stored.
pub(crate) async fn fill<T: Copied>(store: &Store, objects: &[T]) -> Result<(), StoreError> {
    let mut transaction = store.writer().begin().await?;
    for object in objects {
        object.keep(&mut transaction).await?;
    }
    Ok(transaction.commit().await?)
}

impl Copied for User {
    async fn keep(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        sqlx::query(
            "insert into users (id, name, email, banned, locked, updated_at) values ($1, $2, $3, $4, $5, $6) \
             on conflict (id) do update set name = excluded.name, email = excluded.email, banned = excluded.banned, locked = excluded.locked, \
               updated_at = excluded.updated_at \
             where users.updated_at < excluded.updated_at and users.deleted_at is null",
        )
        .bind(self.id.as_str())
        .bind(self.name.as_deref())
        .bind(self.email.as_deref())
        .bind(i64::from(self.banned))
        .bind(i64::from(self.locked))
        .bind(self.updated_at)
        .execute(connection)
        .await?;
        Ok(())
    }
}

impl Copied for Organization {
    async fn keep(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        sqlx::query(
            "insert into organizations (id, slug, name, updated_at) values ($1, $2, $3, $4) \
             on conflict (id) do update set slug = excluded.slug, name = excluded.name, updated_at = excluded.updated_at \
             where organizations.updated_at < excluded.updated_at and organizations.deleted_at is null",
        )
        .bind(self.id.as_str())
        .bind(self.slug.as_deref())
        .bind(self.name.as_deref())
        .bind(self.updated_at)
        .execute(connection)
        .await?;
        Ok(())
    }
}

impl Copied for Membership {
    async fn keep(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        membership(connection, self, None).await
    }
}

/// With `deleted_at` the person has left. A deletion carries the age of the last update, so it must win at equal age.
pub(super) async fn membership(
    connection: &mut AnyConnection,
    membership: &Membership,
    deleted_at: Option<i64>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into memberships (id, organization_id, user_id, role, updated_at, deleted_at) values ($1, $2, $3, $4, $5, $6) \
         on conflict (id) do update set role = excluded.role, updated_at = excluded.updated_at, deleted_at = excluded.deleted_at \
         where memberships.deleted_at is null and (memberships.updated_at < excluded.updated_at or excluded.deleted_at is not null)",
    )
    .bind(&membership.id)
    .bind(membership.organization.as_str())
    .bind(membership.user.as_str())
    .bind(&membership.role)
    .bind(membership.updated_at)
    .bind(deleted_at)
    .execute(connection)
    .await?;
    Ok(())
}

impl Copied for Invitation {
    async fn keep(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        let email = Some(self.email.as_str()).filter(|_| self.status == "pending");
        sqlx::query(
            "insert into invitations (id, organization_id, email, role, status, created_at, expires_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8) \
             on conflict (id) do update set email = excluded.email, role = excluded.role, status = excluded.status, expires_at = excluded.expires_at, \
               updated_at = excluded.updated_at \
             where case when (invitations.status = 'pending') = (excluded.status = 'pending') \
               then invitations.updated_at < excluded.updated_at \
                 or (invitations.updated_at = excluded.updated_at and excluded.status < invitations.status) \
               else invitations.status = 'pending' end",
        )
        .bind(&self.id)
        .bind(self.organization.as_str())
        .bind(email)
        .bind(&self.role)
        .bind(&self.status)
        .bind(self.created_at)
        .bind(self.expires_at)
        .bind(self.updated_at)
        .execute(connection)
        .await?;
        Ok(())
    }
}

impl Copied for Session {
    async fn keep(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        let written = sqlx::query(
            "insert into sessions (id, user_id, status, client, created_at, expires_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7) \
             on conflict (id) do update set status = excluded.status, client = coalesce(excluded.client, sessions.client), \
               expires_at = coalesce(excluded.expires_at, sessions.expires_at), updated_at = excluded.updated_at \
             where case when (sessions.status in ('active', 'pending')) = (excluded.status in ('active', 'pending')) \
               then sessions.updated_at < excluded.updated_at \
                 or (sessions.updated_at = excluded.updated_at and excluded.status < sessions.status) \
               else sessions.status in ('active', 'pending') end",
        );
        let written = written
            .bind(self.id.as_str())
            .bind(self.user.as_str())
            .bind(&self.status)
            .bind(self.client.as_deref())
            .bind(self.created_at)
            .bind(self.expires_at)
            .bind(self.updated_at)
            .execute(&mut *connection)
            .await?;
        if written.rows_affected() == 0 {
            // The event of an end says less than the one of the beginning: what only the older one knows is kept from it.
            sqlx::query(
                "update sessions set client = coalesce(client, $2), expires_at = coalesce(expires_at, $3) where id = $1",
            )
            .bind(self.id.as_str())
            .bind(self.client.as_deref())
            .bind(self.expires_at)
            .execute(connection)
            .await?;
        }
        Ok(())
    }
}

impl Copied for Role {
    async fn keep(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        sqlx::query(
            "insert into roles (id, key, name, permissions, updated_at) values ($1, $2, $3, $4, $5) \
             on conflict (id) do update set key = excluded.key, name = excluded.name, permissions = excluded.permissions, updated_at = excluded.updated_at \
             where roles.updated_at < excluded.updated_at and roles.deleted_at is null",
        )
        .bind(&self.id)
        .bind(&self.key)
        .bind(&self.name)
        .bind(self.permissions.join(" "))
        .bind(self.updated_at)
        .execute(connection)
        .await?;
        Ok(())
    }
}

impl Copied for Permission {
    async fn keep(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        sqlx::query(
            "insert into permissions (id, key, name, updated_at) values ($1, $2, $3, $4) \
             on conflict (id) do update set key = excluded.key, name = excluded.name, updated_at = excluded.updated_at \
             where permissions.updated_at < excluded.updated_at and permissions.deleted_at is null",
        )
        .bind(&self.id)
        .bind(&self.key)
        .bind(&self.name)
        .bind(self.updated_at)
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// What is gone for good. What there was to say is erased with the deletion, whichever arrives first.
pub(super) const DELETE_USER: &str = "insert into users (id, updated_at, deleted_at) values ($1, $2, $2) \
     on conflict (id) do update set deleted_at = excluded.deleted_at, name = null, email = null";
pub(super) const DELETE_ORGANIZATION: &str = "insert into organizations (id, updated_at, deleted_at) values ($1, $2, $2) \
     on conflict (id) do update set deleted_at = excluded.deleted_at, slug = null, name = null, display_name = null";
pub(super) const DELETE_ROLE: &str = "insert into roles (id, updated_at, deleted_at) values ($1, $2, $2) \
     on conflict (id) do update set deleted_at = excluded.deleted_at, key = null, name = null, permissions = null";
pub(super) const DELETE_PERMISSION: &str = "insert into permissions (id, updated_at, deleted_at) values ($1, $2, $2) \
     on conflict (id) do update set deleted_at = excluded.deleted_at, key = null, name = null";

pub(super) async fn delete(
    connection: &mut AnyConnection,
    statement: &'static str,
    id: &str,
    at_ms: i64,
) -> Result<(), StoreError> {
    sqlx::query(statement).bind(id).bind(at_ms).execute(connection).await?;
    Ok(())
}
