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
/// The database fails. Nothing is stored then, and Clerk sends the event again.
pub async fn ingest(database: &Database, event: &Event, now_ms: i64) -> Result<Ingested, StoreError> {
    let user = user_of(event.data());
    let mut transaction = database.writer().begin().await?;
    let inserted = sqlx::query(
        "insert into webhook_inbox (svix_id, type, payload, received_at, outcome, user_id) \
         values ($1, $2, $3, $4, $5, $6) on conflict (svix_id) do nothing",
    )
    .bind(without_nul(event.id()))
    .bind(without_nul(event.kind()))
    .bind(stored_payload(event))
    .bind(now_ms)
    .bind(outcome(event.payload()))
    .bind(user.as_deref())
    .execute(&mut *transaction)
    .await?;
    if inserted.rows_affected() == 0 {
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

/// The column `outcome`: the event changed the mirror, lacked what its type needs, or was only
/// stored.
fn outcome(payload: &Payload) -> &'static str {
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

async fn apply(connection: &mut Connection, payload: &Payload, at_ms: i64) -> Result<(), StoreError> {
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
