//! Stores the results of ban, unban, lock and unlock. The list of users comes directly from Clerk.

use super::audit;
use super::mirror::Mirrored;
use super::sessions::end_running;
use crate::access::Granted;
use crate::db::StoreError;
use crate::db::Transaction;
use clerk::objects::{Session, User};
use domain::operation::{AnotherUser, BanUser, ChangeView, LockUser, Operation, UnbanUser, UnlockUser};

/// The status of a user before the command at Clerk. Clerk's webhook may update the row before the
/// command returns, and the audit entry needs the old status.
#[derive(Debug)]
pub struct FoundUser(&'static str);

/// Reads the status of the grant's target: `active`, `banned`, `locked`, both, or `unknown` if the
/// mirror has no data.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn find<Op: Operation<Target = AnotherUser>>(grant: &Granted<Op>) -> Result<FoundUser, StoreError> {
    let found: Option<(i64, i64)> =
        sqlx::query_as("select banned, locked from users where id = $1 and updated_at > 0 and deleted_at is null")
            .bind(grant.target().as_str())
            .fetch_optional(grant.database().reader())
            .await?;
    Ok(FoundUser(found.map_or("unknown", |(banned, locked)| status(banned != 0, locked != 0))))
}

/// Stores a banned user as Clerk returned it, and the end of the user's sessions.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn ban(
    grant: &Granted<BanUser>,
    found: FoundUser,
    answered: &User,
    ended: &[Session],
) -> Result<(), StoreError> {
    let mut transaction = grant.database().writer().begin().await?;
    end_running(&mut transaction, answered.id.as_str(), ended, grant.now_ms()).await?;
    store_change(grant, transaction, found, answered).await
}

/// Stores an unbanned user as Clerk returned it.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn unban(grant: &Granted<UnbanUser>, found: FoundUser, answered: &User) -> Result<(), StoreError> {
    store_change(grant, grant.database().writer().begin().await?, found, answered).await
}

/// Stores a locked user as Clerk returned it.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn lock(grant: &Granted<LockUser>, found: FoundUser, answered: &User) -> Result<(), StoreError> {
    store_change(grant, grant.database().writer().begin().await?, found, answered).await
}

/// Stores an unlocked user as Clerk returned it.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn unlock(grant: &Granted<UnlockUser>, found: FoundUser, answered: &User) -> Result<(), StoreError> {
    store_change(grant, grant.database().writer().begin().await?, found, answered).await
}

async fn store_change<Op: Operation<Target = AnotherUser>>(
    grant: &Granted<Op>,
    mut transaction: Transaction,
    FoundUser(from): FoundUser,
    answered: &User,
) -> Result<(), StoreError> {
    let to = status(answered.banned, answered.locked);
    answered.upsert(&mut transaction).await?;
    let change = ChangeView { subject: answered.id.to_string(), from: from.to_owned(), to: to.to_owned() };
    audit::record(grant, &mut transaction, &change).await?;
    Ok(transaction.commit().await?)
}

fn status(banned: bool, locked: bool) -> &'static str {
    match (banned, locked) {
        (false, false) => "active",
        (true, false) => "banned",
        (false, true) => "locked",
        (true, true) => "banned and locked",
    }
}
