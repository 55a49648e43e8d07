//! Stores verified webhooks: each event takes effect once, and every order of delivery ends in the
//! same rows.
//!
//! The inbox row and the effect are one transaction. This file decides which event changes what;
//! `mirror` decides which version of an object wins, and `tombstones` what a deletion ends. An
//! event whose payload is incomplete is stored and never refused, because Clerk would only send it
//! again.

use super::activity::{self, UserEvent};
use super::mirror;
use super::tombstones::{self, Deleted};
use crate::db::{Connection, Database, StoreError};
use clerk::objects::without_nul;
use clerk::webhook::{Event, Payload};
use serde_json::Value;

/// The result of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ingested {
    /// The event was new.
    New,
    /// The event is in the inbox already. Nothing has changed.
    Duplicate,
}

/// Stores an event and applies it to the mirror.
///
/// # Errors
/// The database fails. Nothing is applied then, and Clerk sends the event again.
pub async fn ingest(database: &Database, event: &Event, now_ms: i64) -> Result<Ingested, StoreError> {
    let ingested = store(database, event, now_ms).await;
    if let Err(StoreError::Internal(_)) = &ingested
        && let Err(error) = record_failure(database, event, now_ms).await
    {
        tracing::warn!(%error, id = event.id(), "the failure of a webhook is not in the list of webhooks");
    }
    ingested
}

/// Lists an event that could not be applied. Its next delivery applies it.
async fn record_failure(database: &Database, event: &Event, now_ms: i64) -> Result<(), StoreError> {
    let query = sqlx::query(
        "insert into webhook_inbox (svix_id, type, payload, received_at, outcome, user_id, event_at) \
         values ($1, $2, $3, $4, 'failed', $5, $6) \
         on conflict (svix_id) do update set deliveries = webhook_inbox.deliveries + 1",
    );
    let query = query.bind(without_nul(event.id())).bind(without_nul(event.kind())).bind(stored_payload(event));
    database.writer().execute(query.bind(now_ms).bind(user_of(event.data())).bind(event.timestamp_ms())).await?;
    Ok(())
}

async fn store(database: &Database, event: &Event, now_ms: i64) -> Result<Ingested, StoreError> {
    let user = user_of(event.data());
    let mut transaction = database.writer().begin().await?;
    let outcome = outcome(&mut transaction, event.payload()).await?;
    let inserted = sqlx::query(
        "insert into webhook_inbox (svix_id, type, payload, received_at, outcome, user_id, event_at) \
         values ($1, $2, $3, $4, $5, $6, $7) \
         on conflict (svix_id) do update set outcome = excluded.outcome, deliveries = webhook_inbox.deliveries + 1 \
           where webhook_inbox.outcome = 'failed'",
    )
    .bind(without_nul(event.id()))
    .bind(without_nul(event.kind()))
    .bind(stored_payload(event))
    .bind(now_ms)
    .bind(outcome)
    .bind(user.as_deref())
    .bind(event.timestamp_ms())
    .execute(&mut *transaction)
    .await?;
    if inserted.rows_affected() == 0 {
        let again = sqlx::query("update webhook_inbox set deliveries = deliveries + 1 where svix_id = $1");
        again.bind(without_nul(event.id())).execute(&mut *transaction).await?;
        transaction.commit().await?;
        return Ok(Ingested::Duplicate);
    }
    apply(&mut transaction, event.payload(), event.timestamp_ms()).await?;
    if let Some(user) = user {
        let is_sign_in = matches!(event.payload(), Payload::SessionStarted(_)) && event.kind() == "session.created";
        let counted = UserEvent { user: &user, is_sign_in, sent_ms: event.timestamp_ms(), now_ms };
        activity::record_event(&mut transaction, &counted).await?;
        erase_if_deleted(&mut transaction, event, &user).await?;
    }
    transaction.commit().await?;
    Ok(Ingested::New)
}

/// The text that the inbox stores. Nobody needs the messages of Clerk here, and they may contain
/// one-time codes.
fn stored_payload(event: &Event) -> String {
    if *event.payload() == Payload::Message { String::new() } else { without_nul(&event.data().to_string()) }
}

/// The id of the user whom an event is about.
fn user_of(data: &Value) -> Option<String> {
    let ids = ["/user_id", "/public_user_data/user_id", "/id"].into_iter().filter_map(|path| data.pointer(path));
    let mut users = ids.filter_map(Value::as_str).filter(|id| id.starts_with("user_"));
    users.next().map(without_nul)
}

/// A late event about a deleted user does not bring their data back.
async fn erase_if_deleted(connection: &mut Connection, event: &Event, user: &str) -> Result<(), StoreError> {
    sqlx::query(
        "update webhook_inbox set payload = '' where svix_id = $1 and exists ( \
           select 1 from users where id = $2 and deleted_at is not null)",
    )
    .bind(without_nul(event.id()))
    .bind(user)
    .execute(connection)
    .await?;
    Ok(())
}

/// The column `outcome`: the event changes the mirror, is older than the stored version, lacks what
/// its type needs, or is only stored.
pub(super) async fn outcome(connection: &mut Connection, payload: &Payload) -> Result<&'static str, StoreError> {
    let outcome = kind_of_outcome(payload);
    let Some((statement, id, updated_at)) = newer_version(payload) else { return Ok(outcome) };
    let newer: Option<(i64,)> = sqlx::query_as(statement).bind(id).bind(updated_at).fetch_optional(connection).await?;
    Ok(if newer.is_some() { "stale" } else { outcome })
}

/// The statement that finds a newer version of the object in an event, with the id and the version
/// of the object.
fn newer_version(payload: &Payload) -> Option<(&'static str, &str, i64)> {
    macro_rules! newer {
        ($table:literal) => {
            concat!("select updated_at from ", $table, " where id = $1 and updated_at > $2")
        };
    }
    Some(match payload {
        Payload::UserChanged(user) => (newer!("users"), user.id.as_str(), user.updated_at),
        Payload::OrganizationChanged(found) => (newer!("organizations"), found.id.as_str(), found.updated_at),
        Payload::MembershipChanged(found) => (newer!("memberships"), found.id.as_str(), found.updated_at),
        Payload::InvitationChanged(found) => (newer!("invitations"), found.id.as_str(), found.updated_at),
        Payload::SessionStarted(found) => (newer!("sessions"), found.id.as_str(), found.updated_at),
        Payload::RoleChanged(found) => (newer!("roles"), found.id.as_str(), found.updated_at),
        Payload::PermissionChanged(found) => (newer!("permissions"), found.id.as_str(), found.updated_at),
        Payload::UserDeleted(_)
        | Payload::OrganizationDeleted(_)
        | Payload::MembershipDeleted(_)
        | Payload::SessionEnded { .. }
        | Payload::RoleDeleted(_)
        | Payload::PermissionDeleted(_)
        | Payload::Incomplete
        | Payload::Message
        | Payload::Other => return None,
    })
}

fn kind_of_outcome(payload: &Payload) -> &'static str {
    match payload {
        Payload::Message | Payload::Other => "kept",
        Payload::Incomplete | Payload::SessionEnded { session: None, .. } => "incomplete",
        Payload::UserChanged(_)
        | Payload::UserDeleted(_)
        | Payload::OrganizationChanged(_)
        | Payload::OrganizationDeleted(_)
        | Payload::MembershipChanged(_)
        | Payload::MembershipDeleted(_)
        | Payload::InvitationChanged(_)
        | Payload::SessionStarted(_)
        | Payload::SessionEnded { session: Some(_), .. }
        | Payload::RoleChanged(_)
        | Payload::RoleDeleted(_)
        | Payload::PermissionChanged(_)
        | Payload::PermissionDeleted(_) => "applied",
    }
}

pub(super) async fn apply(connection: &mut Connection, payload: &Payload, at_ms: i64) -> Result<(), StoreError> {
    match payload {
        Payload::UserChanged(user) => mirror::upsert(connection, user).await,
        Payload::UserDeleted(id) => tombstones::delete(connection, Deleted::User, id.as_str(), at_ms).await,
        Payload::OrganizationChanged(organization) => mirror::upsert(connection, organization).await,
        Payload::OrganizationDeleted(id) => {
            tombstones::delete(connection, Deleted::Organization, id.as_str(), at_ms).await
        }
        Payload::MembershipChanged(membership) => mirror::upsert(connection, membership).await,
        Payload::MembershipDeleted(membership) => mirror::end_membership(connection, membership, at_ms).await,
        Payload::InvitationChanged(invitation) => mirror::upsert(connection, invitation).await,
        Payload::SessionStarted(session) | Payload::SessionEnded { session: Some(session), .. } => {
            mirror::upsert(connection, session).await
        }
        Payload::RoleChanged(role) => mirror::upsert(connection, role).await,
        Payload::RoleDeleted(id) => tombstones::delete(connection, Deleted::Role, id, at_ms).await,
        Payload::PermissionChanged(permission) => mirror::upsert(connection, permission).await,
        Payload::PermissionDeleted(id) => tombstones::delete(connection, Deleted::Permission, id, at_ms).await,
        Payload::SessionEnded { session: None, .. } | Payload::Incomplete | Payload::Message | Payload::Other => Ok(()),
    }
}
