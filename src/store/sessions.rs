//! Sessions of the members of the grant's organization.

use super::StoreError;
use super::audit::{self, Change};
use super::copies::Copied;
use crate::access::Granted;
use crate::clerk_objects::Session;
use crate::operation::{RevokeSession, SignOutEverywhere};
use sqlx::AnyConnection;

/// Whether the session is a running one of a member of this organization.
///
/// # Errors
/// [`StoreError::NotFound`], or the database.
pub async fn find(by: &Granted<RevokeSession>) -> Result<(), StoreError> {
    let found: Option<(String,)> = sqlx::query_as(
        "select s.id from sessions s where s.id = $2 and s.status in ('active', 'pending') and (s.expires_at is null or s.expires_at > $3) and exists ( \
           select 1 from memberships m where m.user_id = s.user_id and m.organization_id = $1 and m.deleted_at is null)",
    )
    .bind(by.actor().organization.as_str())
    .bind(by.input().session_id.as_str())
    .bind(by.now_ms())
    .fetch_optional(by.store().reader())
    .await?;
    found.map(|_| ()).ok_or(StoreError::NotFound)
}

/// Stores that the session has ended, as Clerk answered. The webhook may have told it already: then the audit row is what is left to write.
///
/// # Errors
/// [`StoreError::NotFound`] when it is no session of a member, or the database.
pub async fn revoke(by: &Granted<RevokeSession>, ended: &Session) -> Result<(), StoreError> {
    let mut transaction = by.store().writer().begin().await?;
    let member: Option<(String,)> = sqlx::query_as(
        "select s.id from sessions s where s.id = $2 and s.user_id in ( \
           select m.user_id from memberships m where m.organization_id = $1 and m.deleted_at is null)",
    )
    .bind(by.actor().organization.as_str())
    .bind(by.input().session_id.as_str())
    .fetch_optional(&mut *transaction)
    .await?;
    member.ok_or(StoreError::NotFound)?;
    ended.keep(&mut transaction).await?;
    audit::record(by, &mut transaction, &revoked(&by.input().session_id)).await?;
    Ok(transaction.commit().await?)
}

/// Stores that all sessions of a member have ended: those that Clerk answered for, and any that only the copy still has.
///
/// # Errors
/// [`StoreError::NotFound`] when it is no member of this organization, or the database.
pub async fn revoke_all(by: &Granted<SignOutEverywhere>, ended: &[Session]) -> Result<(), StoreError> {
    let user = by.input().user_id.as_str();
    let mut transaction = by.store().writer().begin().await?;
    let member: Option<(String,)> = sqlx::query_as(
        "select id from memberships where organization_id = $1 and user_id = $2 and deleted_at is null limit 1",
    )
    .bind(by.actor().organization.as_str())
    .bind(user)
    .fetch_optional(&mut *transaction)
    .await?;
    member.ok_or(StoreError::NotFound)?;
    for session in ended {
        session.keep(&mut transaction).await?;
    }
    end_running(&mut transaction, user).await?;
    audit::record(by, &mut transaction, &revoked(user)).await?;
    Ok(transaction.commit().await?)
}

/// Ends what the copy still takes for running. Their age stays, so that what Clerk tells of them later counts.
pub(super) async fn end_running(connection: &mut AnyConnection, user: &str) -> Result<(), StoreError> {
    sqlx::query("update sessions set status = 'revoked' where user_id = $1 and status in ('active', 'pending')")
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

fn revoked(subject: &str) -> Change {
    Change { subject: subject.to_owned(), from: "active".to_owned(), to: "revoked".to_owned() }
}
