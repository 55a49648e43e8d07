//! Stores versions of Clerk's objects in the local mirror, with one upsert for each type.
//!
//! Webhooks, `server sync` and the results of our own commands arrive in any order and more than
//! once. The content of two versions decides which one wins, never the order of arrival: a deletion
//! wins over an update, an ended state over an active one, and otherwise the larger `updated_at`.
//! Every order therefore ends in the same rows.

use super::counts::{Counted, CountedUsers};
use super::locks::lock_organization;
use super::member_words;
use super::search_text::{SearchColumns, copy_to_memberships};
use super::tombstones::{end_invitations, end_sessions};
use crate::db::{Connection, Database, StoreError};
use clerk::objects::{ClerkObject, Invitation, Membership, Organization, Permission, Role, Session, User};
use domain::text::has_visible;
use std::slice;

/// An object of Clerk that the mirror stores.
pub(crate) trait Mirrored: ClerkObject {
    /// The user whose memberships or sessions this object is among.
    fn counted(&self) -> Option<Counted<'_>> {
        None
    }

    /// Stores this version unless the stored version wins.
    async fn write(&self, connection: &mut Connection, users: &CountedUsers) -> Result<(), StoreError>;
}

/// First and last name, without parts that have no visible character; `None` if nothing is left.
#[must_use]
pub fn display_name(user: &User) -> Option<String> {
    joined(user.first_name.iter().chain(&user.last_name), " ")
}

/// Joins the texts that have a visible character; `None` if there is none.
fn joined<'a>(texts: impl Iterator<Item = &'a String>, separator: &str) -> Option<String> {
    let visible: Vec<_> = texts.map(String::as_str).filter(|text| has_visible(text)).collect();
    (!visible.is_empty()).then(|| visible.join(separator))
}

/// Stores a page of objects in one transaction.
///
/// # Errors
/// The database does not answer or refuses a statement; no object of the page is stored then.
pub(crate) async fn upsert_page<T: Mirrored>(database: &Database, objects: &[T]) -> Result<(), StoreError> {
    let mut transaction = database.writer().begin().await?;
    upsert_all(&mut transaction, objects).await?;
    Ok(transaction.commit().await?)
}

/// Stores a version of an object unless the stored version wins.
pub(super) async fn upsert(connection: &mut Connection, object: &impl Mirrored) -> Result<(), StoreError> {
    upsert_all(connection, slice::from_ref(object)).await
}

/// As [`upsert`], for several objects.
pub(super) async fn upsert_all<T: Mirrored>(connection: &mut Connection, objects: &[T]) -> Result<(), StoreError> {
    let users = CountedUsers::lock(connection, objects.iter().filter_map(T::counted)).await?;
    for object in objects {
        object.write(connection, &users).await?;
    }
    users.store_changes(connection).await
}

impl Mirrored for User {
    async fn write(&self, connection: &mut Connection, _: &CountedUsers) -> Result<(), StoreError> {
        let name = display_name(self);
        let columns = SearchColumns::of(self.id.as_str(), name.as_deref(), self.email.as_deref());
        sqlx::query(
            "insert into users (id, name, email, banned, locked, updated_at, search_text, sort_key) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) \
             on conflict (id) do update set name = excluded.name, email = excluded.email, \
               banned = excluded.banned, locked = excluded.locked, \
               updated_at = excluded.updated_at, search_text = excluded.search_text, sort_key = excluded.sort_key \
             where users.deleted_at is null \
               and (users.updated_at, users.banned, users.locked, coalesce(users.name, ''), \
                 coalesce(users.email, '')) \
               < (excluded.updated_at, excluded.banned, excluded.locked, coalesce(excluded.name, ''), \
                 coalesce(excluded.email, ''))",
        )
        .bind(self.id.as_str())
        .bind(name)
        .bind(self.email.as_deref())
        .bind(i64::from(self.banned))
        .bind(i64::from(self.locked))
        .bind(self.updated_at)
        .bind(columns.search_text)
        .bind(columns.sort_key)
        .execute(&mut *connection)
        .await?;
        copy_to_memberships(connection, self.id.as_str()).await
    }
}

impl Mirrored for Organization {
    async fn write(&self, connection: &mut Connection, _: &CountedUsers) -> Result<(), StoreError> {
        sqlx::query(
            "insert into organizations (id, slug, name, updated_at) values ($1, $2, $3, $4) \
             on conflict (id) do update set slug = excluded.slug, name = excluded.name, \
               updated_at = excluded.updated_at \
             where organizations.deleted_at is null \
               and (organizations.updated_at, coalesce(organizations.name, ''), coalesce(organizations.slug, '')) \
               < (excluded.updated_at, coalesce(excluded.name, ''), coalesce(excluded.slug, ''))",
        )
        .bind(self.id.as_str())
        .bind(self.slug.as_deref().filter(|text| has_visible(text)))
        .bind(self.name.as_deref().filter(|text| has_visible(text)))
        .bind(self.updated_at)
        .execute(connection)
        .await?;
        Ok(())
    }
}

impl Mirrored for Membership {
    fn counted(&self) -> Option<Counted<'_>> {
        Some(self.user.as_str().into())
    }

    async fn write(&self, connection: &mut Connection, users: &CountedUsers) -> Result<(), StoreError> {
        write_membership(connection, self, None, users).await
    }
}

/// Stores the end of a membership. A deletion carries the `updated_at` of the last update, so it
/// must also win at equal age.
pub(super) async fn end_membership(
    connection: &mut Connection,
    membership: &Membership,
    deleted_at: i64,
) -> Result<(), StoreError> {
    let users = CountedUsers::lock(connection, [membership.user.as_str()]).await?;
    write_membership(connection, membership, Some(deleted_at), &users).await?;
    users.store_changes(connection).await
}

/// Stores a membership, or its end if `deleted_at` is set.
///
/// A user has at most one membership in an organization: rejoining creates a new one, so the older
/// one has ended even if no event says so.
async fn write_membership(
    connection: &mut Connection,
    membership: &Membership,
    deleted_at: Option<i64>,
    _: &CountedUsers,
) -> Result<(), StoreError> {
    lock_organization(connection, membership.organization.as_str()).await?;
    sqlx::query(
        "insert into memberships (id, organization_id, user_id, role, updated_at, deleted_at, joined_at, joined_order, \
           search_text, sort_key) select $1, $2, $3, $4, $5, coalesce($6, u.deleted_at, o.deleted_at), \
           cast($7 as bigint), coalesce($7, 0), u.search_text, u.sort_key from users u, organizations o \
         where u.id = $3 and o.id = $2 on conflict (id) do update set role = excluded.role, \
           updated_at = excluded.updated_at, deleted_at = excluded.deleted_at, \
           joined_at = coalesce(memberships.joined_at, excluded.joined_at), \
           joined_order = coalesce(memberships.joined_at, excluded.joined_at, 0) \
         where memberships.deleted_at is null and memberships.user_id = excluded.user_id and (excluded.deleted_at \
           is not null or (memberships.updated_at, memberships.role) < (excluded.updated_at, excluded.role))",
    )
    .bind(&membership.id)
    .bind(membership.organization.as_str())
    .bind(membership.user.as_str())
    .bind(&membership.role)
    .bind(membership.updated_at)
    .bind(deleted_at)
    .bind(membership.created_at)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "update memberships set deleted_at = coalesce(deleted_at, updated_at), search_text = null, sort_key = null \
         where organization_id = $1 and user_id = $2 and search_text is not null and (deleted_at is not null \
           or exists (select 1 from memberships later where later.organization_id = $1 and later.user_id = $2 \
           and later.updated_at > memberships.updated_at))",
    )
    .bind(membership.organization.as_str())
    .bind(membership.user.as_str())
    .execute(&mut *connection)
    .await?;
    member_words::update(connection, membership.user.as_str()).await
}

impl Mirrored for Invitation {
    async fn write(&self, connection: &mut Connection, _: &CountedUsers) -> Result<(), StoreError> {
        let email = (self.status == "pending").then_some(self.email.as_str());
        let organization_is_deleted = lock_organization(connection, self.organization.as_str()).await?.is_deleted();
        sqlx::query(
            "insert into invitations (id, organization_id, email, role, status, created_at, expires_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) \
             on conflict (id) do update set email = excluded.email, role = excluded.role, status = excluded.status, \
               expires_at = excluded.expires_at, updated_at = excluded.updated_at \
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
        .execute(&mut *connection)
        .await?;
        if organization_is_deleted {
            end_invitations(connection, self.organization.as_str()).await?;
        }
        Ok(())
    }
}

impl Mirrored for Session {
    fn counted(&self) -> Option<Counted<'_>> {
        Some(Counted { user: self.user.as_str(), session: Some(self.id.as_str()) })
    }

    /// The events of a session differ in the details of its client, so each column is merged by
    /// itself: the later expiry, the earlier creation, and the client text that sorts last.
    async fn write(&self, connection: &mut Connection, users: &CountedUsers) -> Result<(), StoreError> {
        sqlx::query(
            "insert into sessions (id, user_id, status, client, created_at, expires_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6, $7) \
             on conflict (id) do update set \
               client = case when sessions.client is null or excluded.client > sessions.client then excluded.client \
                 else sessions.client end, \
               expires_at = case when sessions.expires_at is null or excluded.expires_at > sessions.expires_at \
                 then excluded.expires_at else sessions.expires_at end, \
               expired = case when excluded.expires_at > sessions.expires_at then 0 else sessions.expired end, \
               created_at = case when excluded.created_at < sessions.created_at then excluded.created_at \
                 else sessions.created_at end \
             where sessions.user_id = excluded.user_id",
        )
        .bind(self.id.as_str())
        .bind(self.user.as_str())
        .bind(&self.status)
        .bind(joined(self.client.iter(), ", "))
        .bind(self.created_at)
        .bind(self.expires_at)
        .bind(self.updated_at)
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "update sessions set status = $2, updated_at = $3 \
             where id = $1 and user_id = $4 \
               and case when (status in ('active', 'pending')) = ($2 in ('active', 'pending')) \
               then updated_at < $3 or (updated_at = $3 and $2 < status) else status in ('active', 'pending') end",
        )
        .bind(self.id.as_str())
        .bind(&self.status)
        .bind(self.updated_at)
        .bind(self.user.as_str())
        .execute(&mut *connection)
        .await?;
        if users.is_deleted(self.user.as_str()) {
            end_sessions(connection, self.user.as_str(), users).await?;
        }
        Ok(())
    }
}

impl Mirrored for Role {
    async fn write(&self, connection: &mut Connection, _: &CountedUsers) -> Result<(), StoreError> {
        sqlx::query(
            "insert into roles (id, key, name, permissions, updated_at) values ($1, $2, $3, $4, $5) \
             on conflict (id) do update set key = excluded.key, name = excluded.name, \
               permissions = excluded.permissions, updated_at = excluded.updated_at \
             where roles.deleted_at is null \
               and (roles.updated_at, coalesce(roles.key, ''), coalesce(roles.name, ''), \
                 coalesce(roles.permissions, '')) \
               < (excluded.updated_at, excluded.key, excluded.name, excluded.permissions)",
        )
        .bind(&self.id)
        .bind(&self.key)
        .bind(Some(&self.name).filter(|name| has_visible(name)).unwrap_or(&self.key))
        .bind(self.permissions.join(" "))
        .bind(self.updated_at)
        .execute(connection)
        .await?;
        Ok(())
    }
}

impl Mirrored for Permission {
    async fn write(&self, connection: &mut Connection, _: &CountedUsers) -> Result<(), StoreError> {
        sqlx::query(
            "insert into permissions (id, key, name, updated_at) values ($1, $2, $3, $4) \
             on conflict (id) do update set key = excluded.key, name = excluded.name, updated_at = excluded.updated_at \
             where permissions.deleted_at is null \
               and (permissions.updated_at, coalesce(permissions.key, ''), coalesce(permissions.name, '')) \
               < (excluded.updated_at, excluded.key, excluded.name)",
        )
        .bind(&self.id)
        .bind(&self.key)
        .bind(Some(&self.name).filter(|name| has_visible(name)).unwrap_or(&self.key))
        .bind(self.updated_at)
        .execute(connection)
        .await?;
        Ok(())
    }
}
