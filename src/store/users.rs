//! People of the instance, after Clerk was told what becomes of them. The list of them is Clerk's own.

use super::StoreError;
use super::audit::{self, Change};
use super::mirror::Mirrored;
use super::pool::Transaction;
use super::sessions::end_running;
use crate::access::Granted;
use clerk::objects::{Session, User};
use domain::operation::{BanUser, LockUser, TargetsUser, UnbanUser, UnlockUser};

/// How a person stood before Clerk was told of a change: its webhook may store the new standing first.
#[derive(Debug)]
pub struct FoundUser(&'static str);

/// How the person of the grant stands, as far as the copy knows.
///
/// # Errors
/// The database.
pub async fn find<Op: TargetsUser>(by: &Granted<Op>) -> Result<FoundUser, StoreError> {
    let found: Option<(i64, i64)> =
        sqlx::query_as("select banned, locked from users where id = $1 and updated_at > 0 and deleted_at is null")
            .bind(by.input().user_id())
            .fetch_optional(by.store().reader())
            .await?;
    Ok(FoundUser(found.map_or("unknown", |(banned, locked)| standing(banned != 0, locked != 0))))
}

/// Stores that a person is kept out, as Clerk answered, and that their sessions have ended.
///
/// # Errors
/// The database.
pub async fn ban(
    by: &Granted<BanUser>,
    found: FoundUser,
    answered: &User,
    ended: &[Session],
) -> Result<(), StoreError> {
    let mut transaction = by.store().writer().begin().await?;
    end_running(&mut transaction, answered.id.as_str(), ended, by.now_ms()).await?;
    changed(by, transaction, found, answered).await
}

/// Stores that a person may come in again.
///
/// # Errors
/// The database.
pub async fn unban(by: &Granted<UnbanUser>, found: FoundUser, answered: &User) -> Result<(), StoreError> {
    changed(by, by.store().writer().begin().await?, found, answered).await
}

/// Stores that a person may not sign in.
///
/// # Errors
/// The database.
pub async fn lock(by: &Granted<LockUser>, found: FoundUser, answered: &User) -> Result<(), StoreError> {
    changed(by, by.store().writer().begin().await?, found, answered).await
}

/// Stores that a person may sign in again.
///
/// # Errors
/// The database.
pub async fn unlock(by: &Granted<UnlockUser>, found: FoundUser, answered: &User) -> Result<(), StoreError> {
    changed(by, by.store().writer().begin().await?, found, answered).await
}

async fn changed<Op: TargetsUser>(
    by: &Granted<Op>,
    mut transaction: Transaction,
    FoundUser(from): FoundUser,
    answered: &User,
) -> Result<(), StoreError> {
    let to = standing(answered.banned, answered.locked);
    answered.keep(&mut transaction).await?;
    let change = Change { subject: answered.id.to_string(), from: from.to_owned(), to: to.to_owned() };
    audit::record(by, &mut transaction, &change).await?;
    Ok(transaction.commit().await?)
}

fn standing(banned: bool, locked: bool) -> &'static str {
    match (banned, locked) {
        (false, false) => "active",
        (true, false) => "banned",
        (false, true) => "locked",
        (true, true) => "banned and locked",
    }
}
