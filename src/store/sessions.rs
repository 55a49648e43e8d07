//! Begins the commands that end sessions of members of the grant's organization.

use super::command_intents::{self, Change, Intent, NewIntent};
use super::counts::CountedUsers;
use super::members;
use super::mirror::Mirrored;
use crate::access::Granted;
use crate::db::Connection;
use crate::db::StoreError;
use clerk::objects::Session;
use domain::ids::SessionId;
use domain::operation::{RevokeOtherSessions, RevokeSession, SignOutEverywhere};

/// Begins the end of one session.
///
/// # Errors
/// [`StoreError::NotFound`] if the id is not an active or pending session of a member of this
/// organization; or the error of the database.
pub async fn begin_revocation(grant: &Granted<RevokeSession>) -> Result<Intent, StoreError> {
    let mut transaction = grant.database().writer().begin().await?;
    let found: Option<(String,)> = sqlx::query_as(
        "select s.id from sessions s where s.id = $2 and s.status in ('active', 'pending') \
           and (s.expires_at is null or s.expires_at > $3) and exists ( \
             select 1 from memberships m \
             where m.user_id = s.user_id and m.organization_id = $1 and m.deleted_at is null)",
    )
    .bind(grant.actor().organization.as_str())
    .bind(grant.input().session_id.as_str())
    .bind(grant.now_ms())
    .fetch_optional(&mut *transaction)
    .await?;
    let (subject,) = found.ok_or(StoreError::NotFound)?;
    let session = SessionId::parse(&subject).map_err(|_| StoreError::NotFound)?;
    let new = NewIntent { change: Change::RevokeSession { session }, subject, from: "active".to_owned() };
    command_intents::begin(grant, transaction, new).await
}

/// Begins the end of every session of a member.
///
/// # Errors
/// [`StoreError::NotFound`] if the user is not a member of this organization; or the error of the
/// database.
pub async fn begin_sign_out_everywhere(grant: &Granted<SignOutEverywhere>) -> Result<Intent, StoreError> {
    let mut transaction = grant.database().writer().begin().await?;
    members::role(grant, &mut transaction).await?.ok_or(StoreError::NotFound)?;
    let user = grant.target().clone();
    let subject = user.to_string();
    let new = NewIntent { change: Change::SignOutEverywhere { user }, subject, from: "active".to_owned() };
    command_intents::begin(grant, transaction, new).await
}

/// Begins the end of every session of the caller except the one that asks.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn begin_revocation_of_others(grant: &Granted<RevokeOtherSessions>) -> Result<Intent, StoreError> {
    let transaction = grant.database().writer().begin().await?;
    let user = grant.actor().user.clone();
    let subject = user.to_string();
    let new = NewIntent { change: Change::RevokeOtherSessions { user }, subject, from: "active".to_owned() };
    command_intents::begin(grant, transaction, new).await
}

/// Stores the sessions that Clerk revoked, then marks every other active or pending session created
/// at or before `asked_at` (Unix milliseconds) as revoked; later ones come from a new sign-in.
/// `caller`, the session that asked, stays. `updated_at` stays unchanged, so a later event of Clerk
/// still wins.
pub(super) async fn end_running(
    connection: &mut Connection,
    user: &str,
    ended: &[Session],
    asked_at: i64,
    caller: &SessionId,
) -> Result<(), StoreError> {
    let owners = ended.iter().map(|session| session.user.as_str());
    let users = CountedUsers::lock(connection, owners.chain([user])).await?;
    for session in ended {
        session.write(connection, &users).await?;
    }
    sqlx::query(
        "update sessions set status = 'revoked' where user_id = $1 and status in ('active', 'pending') \
         and created_at <= $2 and id <> $3",
    )
    .bind(user)
    .bind(asked_at)
    .bind(caller.as_str())
    .execute(&mut *connection)
    .await?;
    users.store_changes(connection).await
}
