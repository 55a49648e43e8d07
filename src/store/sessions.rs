//! Sessions of the members of the grant's organization.

use super::audit::{self, Change};
use super::members::FoundMember;
use super::mirror::Mirrored;
use crate::access::Granted;
use crate::db::Connection;
use crate::db::StoreError;
use clerk::objects::Session;
use domain::ids::OrganizationId;
use domain::operation::{RevokeSession, SignOutEverywhere};

/// That a session was a running one of a member, before Clerk was told to end it.
#[derive(Debug)]
pub struct FoundSession {
    organization: OrganizationId,
    id: String,
}

/// The session of the grant: a running one of a member of this organization.
///
/// # Errors
/// [`StoreError::NotFound`], or the database.
pub async fn find(grant: &Granted<RevokeSession>) -> Result<FoundSession, StoreError> {
    let found: Option<(String,)> = sqlx::query_as(
        "select s.id from sessions s where s.id = $2 and s.status in ('active', 'pending') and (s.expires_at is null or s.expires_at > $3) and exists ( \
           select 1 from memberships m where m.user_id = s.user_id and m.organization_id = $1 and m.deleted_at is null)",
    )
    .bind(grant.actor().organization.as_str())
    .bind(grant.input().session_id.as_str())
    .bind(grant.now_ms())
    .fetch_optional(grant.database().reader())
    .await?;
    let (id,) = found.ok_or(StoreError::NotFound)?;
    Ok(FoundSession { organization: grant.actor().organization.clone(), id })
}

/// Stores that the session has ended, as Clerk answered. The webhook may have told it already: then the audit row is what is left to write.
///
/// # Errors
/// [`StoreError::NotFound`] when another session was found, or the database.
pub async fn revoke(grant: &Granted<RevokeSession>, found: FoundSession, ended: &Session) -> Result<(), StoreError> {
    if found.organization != grant.actor().organization || found.id != grant.input().session_id {
        return Err(StoreError::NotFound);
    }
    let mut transaction = grant.database().writer().begin().await?;
    ended.keep(&mut transaction).await?;
    audit::record(grant, &mut transaction, &revoked(&found.id)).await?;
    Ok(transaction.commit().await?)
}

/// Stores which sessions of a member have ended: those that Clerk answered for and, if that were `all`, any that only the copy still has.
///
/// # Errors
/// [`StoreError::NotFound`] when somebody else was found, or the database.
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
    audit::record(grant, &mut transaction, &Change { to, ..revoked(user) }).await?;
    Ok(transaction.commit().await?)
}

/// Keeps the ends that Clerk told, and ends what the copy still takes for running from before `asked_at`: whoever signed in since is signed in. The age
/// of those stays, so that what Clerk tells of them later counts.
pub(super) async fn end_running(
    connection: &mut Connection,
    user: &str,
    ended: &[Session],
    asked_at: i64,
) -> Result<(), StoreError> {
    for session in ended {
        session.keep(connection).await?;
    }
    sqlx::query(
        "update sessions set status = 'revoked' where user_id = $1 and status in ('active', 'pending') and created_at <= $2",
    )
    .bind(user)
    .bind(asked_at)
    .execute(connection)
    .await?;
    Ok(())
}

fn revoked(subject: &str) -> Change {
    Change { subject: subject.to_owned(), from: "active".to_owned(), to: "revoked".to_owned() }
}
