//! Sessions of the members of the grant's organization.

use super::audit::{self, Change};
use super::{StoreError, exactly_one};
use crate::access::Granted;
use crate::operation::{RevokeSession, SignOutEverywhere};

/// Whether the session is a running one of a member of this organization.
///
/// # Errors
/// [`StoreError::NotFound`], or the database.
pub async fn find(by: &Granted<RevokeSession>) -> Result<(), StoreError> {
    let found: Option<(String,)> = sqlx::query_as(
        "select s.id from sessions s where s.id = $2 and s.status = 'active' and (s.expires_at is null or s.expires_at > $3) and exists ( \
           select 1 from memberships m where m.user_id = s.user_id and m.organization_id = $1 and m.deleted_at is null)",
    )
    .bind(by.actor().organization.as_str())
    .bind(by.input().session_id.as_str())
    .bind(by.now_ms())
    .fetch_optional(by.store().reader())
    .await?;
    found.map(|_| ()).ok_or(StoreError::NotFound)
}

/// Stores that the session has ended. The webhook may have told it already: then the audit row is what is left to write.
///
/// # Errors
/// [`StoreError::NotFound`] when it is no session of a member, or the database.
pub async fn revoke(by: &Granted<RevokeSession>) -> Result<(), StoreError> {
    let session = by.input().session_id.as_str();
    let mut transaction = by.store().writer().begin().await?;
    let updated = sqlx::query(
        "update sessions set status = 'revoked' where id = $2 and user_id in ( \
           select m.user_id from memberships m where m.organization_id = $1 and m.deleted_at is null)",
    );
    exactly_one(&updated.bind(by.actor().organization.as_str()).bind(session).execute(&mut *transaction).await?)?;
    let change = Change { subject: session.to_owned(), from: "active".to_owned(), to: "revoked".to_owned() };
    audit::record(by, &mut transaction, &change).await?;
    Ok(transaction.commit().await?)
}

/// Stores that all sessions of a member have ended. Webhooks may have told of some already.
///
/// # Errors
/// [`StoreError::NotFound`] when it is no member of this organization, or the database.
pub async fn revoke_all(by: &Granted<SignOutEverywhere>) -> Result<(), StoreError> {
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
    sqlx::query("update sessions set status = 'revoked' where user_id = $1 and status = 'active'")
        .bind(user)
        .execute(&mut *transaction)
        .await?;
    let change = Change { subject: user.to_owned(), from: "active".to_owned(), to: "revoked".to_owned() };
    audit::record(by, &mut transaction, &change).await?;
    Ok(transaction.commit().await?)
}
