//! Stores the end of members' sessions in the grant's organization.

use super::audit;
use super::members::FoundMember;
use super::mirror::Mirrored;
use crate::access::Granted;
use crate::db::Connection;
use crate::db::StoreError;
use clerk::objects::Session;
use domain::ids::OrganizationId;
use domain::operation::{ChangeView, RevokeSession, SignOutEverywhere};

/// An active or pending session of a member, read before the command at Clerk. Clerk's webhook may
/// end the row before the command returns.
#[derive(Debug)]
pub struct FoundSession {
    organization: OrganizationId,
    id: String,
}

/// Reads the session that the grant wants to revoke.
///
/// # Errors
/// [`StoreError::NotFound`] if the id is not an active or pending session of a member of this
/// organization; or the error of the database.
pub async fn find(grant: &Granted<RevokeSession>) -> Result<FoundSession, StoreError> {
    let found: Option<(String,)> = sqlx::query_as(
        "select s.id from sessions s where s.id = $2 and s.status in ('active', 'pending') \
           and (s.expires_at is null or s.expires_at > $3) and exists ( \
             select 1 from memberships m \
             where m.user_id = s.user_id and m.organization_id = $1 and m.deleted_at is null)",
    )
    .bind(grant.actor().organization.as_str())
    .bind(grant.input().session_id.as_str())
    .bind(grant.now_ms())
    .fetch_optional(grant.database().reader())
    .await?;
    let (id,) = found.ok_or(StoreError::NotFound)?;
    Ok(FoundSession { organization: grant.actor().organization.clone(), id })
}

/// Stores the revoked session as Clerk returned it, with its audit entry. Clerk's webhook may have
/// stored the end already; the entry is written in any case.
///
/// # Errors
/// [`StoreError::NotFound`] if `found` belongs to another grant; or the error of the database.
pub async fn revoke(grant: &Granted<RevokeSession>, found: FoundSession, ended: &Session) -> Result<(), StoreError> {
    if found.organization != grant.actor().organization || found.id != grant.input().session_id {
        return Err(StoreError::NotFound);
    }
    let mut transaction = grant.database().writer().begin().await?;
    ended.upsert(&mut transaction).await?;
    audit::record(grant, &mut transaction, &revoked(&found.id)).await?;
    Ok(transaction.commit().await?)
}

/// Stores the sessions of a member that Clerk revoked, with an audit entry. With `all`, sessions
/// that only the mirror knows end as well.
///
/// # Errors
/// [`StoreError::NotFound`] if `found` belongs to another grant; or the error of the database.
pub async fn revoke_all(
    grant: &Granted<SignOutEverywhere>,
    found: FoundMember,
    ended: &[Session],
    all: bool,
) -> Result<(), StoreError> {
    if !found.is_of(grant) {
        return Err(StoreError::NotFound);
    }
    let mut transaction = grant.database().writer().begin().await?;
    let user = grant.input().user_id.as_str();
    let asked_at = if all { grant.now_ms() } else { i64::MIN };
    end_running(&mut transaction, user, ended, asked_at).await?;
    let to = if all { "revoked".to_owned() } else { format!("{} revoked, not all", ended.len()) };
    audit::record(grant, &mut transaction, &ChangeView { to, ..revoked(user) }).await?;
    Ok(transaction.commit().await?)
}

/// Stores the sessions that Clerk revoked, then marks every other active or pending session created
/// at or before `asked_at` (Unix milliseconds) as revoked; later ones come from a new sign-in.
/// `updated_at` stays unchanged, so a later event of Clerk still wins.
pub(super) async fn end_running(
    connection: &mut Connection,
    user: &str,
    ended: &[Session],
    asked_at: i64,
) -> Result<(), StoreError> {
    for session in ended {
        session.upsert(connection).await?;
    }
    sqlx::query(
        "update sessions set status = 'revoked' where user_id = $1 and status in ('active', 'pending') \
         and created_at <= $2",
    )
    .bind(user)
    .bind(asked_at)
    .execute(connection)
    .await?;
    Ok(())
}

fn revoked(subject: &str) -> ChangeView {
    ChangeView { subject: subject.to_owned(), from: "active".to_owned(), to: "revoked".to_owned() }
}
