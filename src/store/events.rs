//! Verified webhooks: each is taken once, and any order of delivery ends in the same state.
//!
//! The inbox row and the effect are one transaction. An older event never overwrites a newer one, a deletion wins over every late update,
//! and a session that has ended stays so. A payload that lacks what its type has is kept and never refused: Clerk would only send it again.

use super::{Store, StoreError};
use crate::ids::UserId;
use crate::sync::Kind;
use crate::webhook::Event;
use serde_json::Value;
use sqlx::AnyConnection;

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was new.
    New,
    /// It had been taken before; nothing changed.
    Duplicate,
}

/// Takes an event.
///
/// # Errors
/// The database; then nothing is stored and the sender will come again.
pub async fn take(store: &Store, event: &Event, now_ms: i64) -> Result<Taken, StoreError> {
    let mut transaction = store.writer().begin().await?;
    let inserted = sqlx::query(
        "insert into webhook_inbox (svix_id, type, payload, received_at, outcome) values ($1, $2, $3, $4, 'kept') on conflict (svix_id) do nothing",
    )
    .bind(storable(event.id()))
    .bind(storable(event.kind()))
    .bind(storable(&event.data().to_string()))
    .bind(now_ms)
    .execute(&mut *transaction)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(Taken::Duplicate);
    }
    let outcome = apply(&mut transaction, event).await?;
    sqlx::query("update webhook_inbox set outcome = $2 where svix_id = $1")
        .bind(storable(event.id()))
        .bind(outcome)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(Taken::New)
}

/// Stores a page of objects as the Backend API gives them, in one transaction. Ages decide, as for events.
///
/// # Errors
/// The database; then nothing of the page is stored.
pub(crate) async fn fill(store: &Store, kind: Kind, objects: &[Value]) -> Result<(), StoreError> {
    let mut transaction = store.writer().begin().await?;
    for object in objects {
        let stored = match kind {
            Kind::Users => user(&mut transaction, object).await?,
            Kind::Organizations => organization(&mut transaction, object).await?,
            Kind::Memberships => membership(&mut transaction, object, None).await?,
        };
        if stored.is_none() {
            tracing::warn!(?kind, "an object without the members that its kind has was left out");
        }
    }
    Ok(transaction.commit().await?)
}

async fn apply(connection: &mut AnyConnection, event: &Event) -> Result<&'static str, StoreError> {
    let data = event.data();
    let applied = match event.kind() {
        "user.created" | "user.updated" => user(connection, data).await?,
        "user.deleted" => delete(connection, DELETE_USER, data, event.timestamp_ms()).await?,
        "organization.created" | "organization.updated" => organization(connection, data).await?,
        "organization.deleted" => delete(connection, DELETE_ORGANIZATION, data, event.timestamp_ms()).await?,
        "organizationMembership.created" | "organizationMembership.updated" => {
            membership(connection, data, None).await?
        }
        "organizationMembership.deleted" => membership(connection, data, Some(event.timestamp_ms())).await?,
        "session.created" | "session.pending" => session(connection, event, "active").await?,
        "session.ended" | "session.removed" | "session.revoked" => {
            session(connection, event, event.kind().trim_start_matches("session.")).await?
        }
        _ => return Ok("kept"),
    };
    Ok(if applied.is_some() { "applied" } else { "incomplete" })
}

async fn user(connection: &mut AnyConnection, data: &Value) -> Result<Option<()>, StoreError> {
    let Some((id, updated_at)) = id_and_age(data) else { return Ok(None) };
    let names = [text(data, "first_name"), text(data, "last_name")];
    let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    sqlx::query(
        "insert into users (id, name, email, updated_at) values ($1, $2, $3, $4) \
         on conflict (id) do update set name = excluded.name, email = excluded.email, updated_at = excluded.updated_at \
         where users.updated_at < excluded.updated_at and users.deleted_at is null",
    )
    .bind(id)
    .bind(Some(name).filter(|name| !name.trim().is_empty()))
    .bind(primary_email(data))
    .bind(updated_at)
    .execute(connection)
    .await?;
    Ok(Some(()))
}

/// What there was to say is erased with the deletion, whichever arrives first.
const DELETE_USER: &str = "insert into users (id, updated_at, deleted_at) values ($1, $2, $2) \
     on conflict (id) do update set deleted_at = excluded.deleted_at, name = null, email = null";
const DELETE_ORGANIZATION: &str = "insert into organizations (id, updated_at, deleted_at) values ($1, $2, $2) \
     on conflict (id) do update set deleted_at = excluded.deleted_at, slug = null, name = null, display_name = null";

async fn delete(
    connection: &mut AnyConnection,
    statement: &'static str,
    data: &Value,
    at_ms: i64,
) -> Result<Option<()>, StoreError> {
    let Some(id) = key(data, "id") else { return Ok(None) };
    sqlx::query(statement).bind(id).bind(at_ms).execute(connection).await?;
    Ok(Some(()))
}

async fn organization(connection: &mut AnyConnection, data: &Value) -> Result<Option<()>, StoreError> {
    let Some((id, updated_at)) = id_and_age(data) else { return Ok(None) };
    sqlx::query(
        "insert into organizations (id, slug, name, updated_at) values ($1, $2, $3, $4) \
         on conflict (id) do update set slug = excluded.slug, name = excluded.name, updated_at = excluded.updated_at \
         where organizations.updated_at < excluded.updated_at and organizations.deleted_at is null",
    )
    .bind(id)
    .bind(text(data, "slug"))
    .bind(text(data, "name"))
    .bind(updated_at)
    .execute(connection)
    .await?;
    Ok(Some(()))
}

async fn membership(
    connection: &mut AnyConnection,
    data: &Value,
    deleted_at: Option<i64>,
) -> Result<Option<()>, StoreError> {
    let Some((id, updated_at)) = id_and_age(data) else { return Ok(None) };
    let (organization, user) = (
        data.get("organization").and_then(|o| key(o, "id")),
        data.get("public_user_data").and_then(|u| key(u, "user_id")),
    );
    let (Some(organization), Some(user), Some(role)) = (organization, user, text(data, "role")) else {
        return Ok(None);
    };
    // A deletion carries the age of the last update, so it must win at equal age.
    sqlx::query(
        "insert into memberships (id, organization_id, user_id, role, updated_at, deleted_at) values ($1, $2, $3, $4, $5, $6) \
         on conflict (id) do update set role = excluded.role, updated_at = excluded.updated_at, deleted_at = excluded.deleted_at \
         where memberships.deleted_at is null and (memberships.updated_at < excluded.updated_at or excluded.deleted_at is not null)",
    )
    .bind(id)
    .bind(organization)
    .bind(user)
    .bind(role.trim_start_matches("org:").to_owned())
    .bind(updated_at)
    .bind(deleted_at)
    .execute(connection)
    .await?;
    Ok(Some(()))
}

async fn session(connection: &mut AnyConnection, event: &Event, status: &str) -> Result<Option<()>, StoreError> {
    let data = event.data();
    let (Some((id, updated_at)), Some(user)) = (id_and_age(data), key(data, "user_id")) else { return Ok(None) };
    let created_at = data.get("created_at").and_then(Value::as_i64).unwrap_or(updated_at);
    sqlx::query(
        "insert into sessions (id, user_id, status, client, created_at, expires_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7) \
         on conflict (id) do update set status = excluded.status, client = coalesce(sessions.client, excluded.client), \
           expires_at = coalesce(excluded.expires_at, sessions.expires_at), updated_at = excluded.updated_at \
         where sessions.status = 'active' and (sessions.updated_at < excluded.updated_at or excluded.status <> 'active')",
    )
    .bind(id)
    .bind(user)
    .bind(status)
    .bind(client(data))
    .bind(created_at)
    .bind(data.get("expire_at").and_then(Value::as_i64))
    .bind(updated_at)
    .execute(connection)
    .await?;
    Ok(Some(()))
}

/// Browser and system of the session, as Clerk's latest activity tells.
fn client(data: &Value) -> Option<String> {
    let activity = data.get("latest_activity")?;
    let parts: Vec<_> =
        ["browser_name", "device_type", "city"].iter().filter_map(|name| text(activity, name)).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// An address counts once its owner has proven it: everybody can write anybody's into a sign-up form.
fn primary_email(data: &Value) -> Option<String> {
    let primary = data.get("primary_email_address_id")?;
    let addresses = data.get("email_addresses")?.as_array()?;
    let found = addresses.iter().find(|address| address.get("id") == Some(primary))?;
    let status = found.get("verification")?.get("status")?.as_str()?;
    if status == "verified" { text(found, "email_address") } else { None }
}

fn id_and_age(data: &Value) -> Option<(String, i64)> {
    Some((key(data, "id")?, data.get("updated_at").or_else(|| data.get("created_at")).and_then(Value::as_i64)?))
}

/// An id of whatever kind: they all have one form, short enough for an index.
fn key(data: &Value, name: &str) -> Option<String> {
    text(data, name).filter(|text| UserId::parse(text).is_ok())
}

fn text(data: &Value, name: &str) -> Option<String> {
    data.get(name)?.as_str().map(storable)
}

/// PostgreSQL has no NUL in its texts.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
