//! Applies verified webhooks. Each event takes effect once, and every order of delivery ends in the
//! same state.
//!
//! The inbox row and the effect share one transaction. This file maps event types to effects;
//! `mirror` resolves conflicts between two versions of an object, and `tombstones` handles
//! deletions. An incomplete payload is stored and acknowledged, because a refusal only makes Clerk
//! send the same payload again.

use super::mirror::{self, Mirrored};
use super::tombstones::{self, Deleted};
use crate::db::Connection;
use crate::db::{Database, StoreError};
use clerk::objects::{
    ClerkObject, Invitation, Membership, Organization, Permission, Role, Session, User, key, without_nul,
};
use clerk::webhook::Event;
use serde_json::Value;

/// The result of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The event is new and is stored now.
    New,
    /// The event was applied before; nothing changes.
    Duplicate,
}

/// Stores an event in the inbox and applies it. `now_ms` is the time of receipt in Unix
/// milliseconds.
///
/// # Errors
/// The database does not answer or refuses a statement. Nothing is stored then, and Clerk delivers
/// the event again.
pub async fn take(store: &Database, event: &Event, now_ms: i64) -> Result<Taken, StoreError> {
    let mut transaction = store.writer().begin().await?;
    let inserted = sqlx::query(
        "insert into webhook_inbox (svix_id, type, payload, received_at, outcome) values ($1, $2, $3, $4, 'kept') on conflict (svix_id) do nothing",
    )
    .bind(without_nul(event.id()))
    .bind(without_nul(event.kind()))
    .bind(without_nul(&event.data().to_string()))
    .bind(now_ms)
    .execute(&mut *transaction)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(Taken::Duplicate);
    }
    let outcome = apply(&mut transaction, event).await?;
    sqlx::query("update webhook_inbox set outcome = $2 where svix_id = $1")
        .bind(without_nul(event.id()))
        .bind(outcome)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(Taken::New)
}

async fn apply(connection: &mut Connection, event: &Event) -> Result<&'static str, StoreError> {
    let (data, at_ms) = (event.data(), event.timestamp_ms());
    let Some((object, happened)) = event.kind().split_once('.') else { return Ok("kept") };
    let applied = match (object, happened) {
        ("user", "created" | "updated") => keep::<User>(connection, data).await?,
        ("user", "deleted") => delete(connection, Deleted::User, data, at_ms).await?,
        ("organization", "created" | "updated") => keep::<Organization>(connection, data).await?,
        ("organization", "deleted") => delete(connection, Deleted::Organization, data, at_ms).await?,
        ("organizationMembership", "created" | "updated") => keep::<Membership>(connection, data).await?,
        ("organizationMembership", "deleted") => left(connection, data, at_ms).await?,
        ("organizationInvitation", "created" | "accepted" | "revoked") => keep::<Invitation>(connection, data).await?,
        ("session", "created") => session(connection, data, "active").await?,
        ("session", "pending" | "ended" | "removed" | "revoked") => session(connection, data, happened).await?,
        ("role", "created" | "updated") => keep::<Role>(connection, data).await?,
        ("role", "deleted") => delete(connection, Deleted::Role, data, at_ms).await?,
        ("permission", "created" | "updated") => keep::<Permission>(connection, data).await?,
        ("permission", "deleted") => delete(connection, Deleted::Permission, data, at_ms).await?,
        _ => return Ok("kept"),
    };
    Ok(if applied { "applied" } else { "incomplete" })
}

/// Stores the object of a payload. Returns false if the payload lacks required fields.
async fn keep<T: Mirrored>(connection: &mut Connection, data: &Value) -> Result<bool, StoreError> {
    let Some(object) = T::read(data) else { return Ok(false) };
    object.keep(connection).await?;
    Ok(true)
}

async fn left(connection: &mut Connection, data: &Value, at_ms: i64) -> Result<bool, StoreError> {
    let Some(membership) = Membership::read(data) else { return Ok(false) };
    mirror::membership(connection, &membership, Some(at_ms)).await?;
    Ok(true)
}

/// The event type decides the status, because the object in the payload may carry an older one.
async fn session(connection: &mut Connection, data: &Value, status: &str) -> Result<bool, StoreError> {
    let Some(session) = Session::read(data) else { return Ok(false) };
    Session { status: status.to_owned(), ..session }.keep(connection).await?;
    Ok(true)
}

async fn delete(connection: &mut Connection, deleted: Deleted, data: &Value, at_ms: i64) -> Result<bool, StoreError> {
    let Some(id) = key(data, "id") else { return Ok(false) };
    tombstones::delete(connection, deleted, &id, at_ms).await?;
    Ok(true)
}
