//! People of the instance, after Clerk was told what becomes of them. The list of them is Clerk's own.

use super::audit::{self, Change};
use super::mirror::Mirrored;
use super::sessions::end_running;
use crate::access::Granted;
use crate::db::StoreError;
use crate::db::Transaction;
use clerk::objects::{Session, User};
use domain::operation::{AnotherUser, BanUser, LockUser, Operation, UnbanUser, UnlockUser};

/// How a person stood before Clerk was told of a change: its webhook may store the new standing first.
#[derive(Debug)]
pub struct FoundUser(&'static str);

/// How the person of the grant stands, as far as the copy knows.
///
/// # Errors
/// The database.
pub async fn find<Op: Operation<Target = AnotherUser>>(grant: &Granted<Op>) -> Result<FoundUser, StoreError> {
    let found: Option<(i64, i64)> =
        sqlx::query_as("select banned, locked from users where id = $1 and updated_at > 0 and deleted_at is null")
            .bind(grant.target().as_str())
            .fetch_optional(grant.database().reader())
            .await?;
    Ok(FoundUser(found.map_or("unknown", |(banned, locked)| standing(banned != 0, locked != 0))))
}

/// Stores that a person is kept out, as Clerk answered, and that their sessions have ended.
///
/// # Errors
/// The database.
pub async fn ban(
    grant: &Granted<BanUser>,
    found: FoundUser,
    answered: &User,
    ended: &[Session],
) -> Result<(), StoreError> {
    let mut transaction = grant.database().writer().begin().await?;
    end_running(&mut transaction, answered.id.as_str(), ended, grant.now_ms()).await?;
    changed(grant, transaction, found, answered).await
}

/// Stores that a person may come in again.
///
/// # Errors
/// The database.
pub async fn unban(grant: &Granted<UnbanUser>, found: FoundUser, answered: &User) -> Result<(), StoreError> {
    changed(grant, grant.database().writer().begin().await?, found, answered).await
}

/// Stores that a person may not sign in.
///
/// # Errors
/// The database.
pub async fn lock(grant: &Granted<LockUser>, found: FoundUser, answered: &User) -> Result<(), StoreError> {
    changed(grant, grant.database().writer().begin().await?, found, answered).await
}

/// Stores that a person may sign in again.
///
/// # Errors
/// The database.
pub async fn unlock(grant: &Granted<UnlockUser>, found: FoundUser, answered: &User) -> Result<(), StoreError> {
    changed(grant, grant.database().writer().begin().await?, found, answered).await
}

async fn changed<Op: Operation<Target = AnotherUser>>(
    grant: &Granted<Op>,
    mut transaction: Transaction,
    FoundUser(from): FoundUser,
    answered: &User,
) -> Result<(), StoreError> {
    let to = standing(answered.banned, answered.locked);
    answered.keep(&mut transaction).await?;
    let change = Change { subject: answered.id.to_string(), from: from.to_owned(), to: to.to_owned() };
    audit::record(grant, &mut transaction, &change).await?;
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
