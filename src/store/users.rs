//! People of the instance, after Clerk was told what becomes of them. The list of them is Clerk's own.

use super::StoreError;
use super::audit::{self, Change};
use super::copies::Copied;
use super::sessions::end_running;
use crate::access::Granted;
use crate::clerk_objects::User;
use crate::operation::{BanUser, LockUser, OnUser, UnbanUser, UnlockUser};
use sqlx::{Any, Transaction};

/// Stores that a person is kept out, as Clerk answered, and that their sessions have ended.
///
/// # Errors
/// The database.
pub async fn ban(by: &Granted<BanUser>, answered: &User) -> Result<(), StoreError> {
    let mut transaction = by.store().writer().begin().await?;
    end_running(&mut transaction, answered.id.as_str()).await?;
    changed(by, transaction, answered, ("active", "banned")).await
}

/// Stores that a person may come in again.
///
/// # Errors
/// The database.
pub async fn unban(by: &Granted<UnbanUser>, answered: &User) -> Result<(), StoreError> {
    changed(by, by.store().writer().begin().await?, answered, ("banned", "active")).await
}

/// Stores that a person may not sign in.
///
/// # Errors
/// The database.
pub async fn lock(by: &Granted<LockUser>, answered: &User) -> Result<(), StoreError> {
    changed(by, by.store().writer().begin().await?, answered, ("active", "locked")).await
}

/// Stores that a person may sign in again.
///
/// # Errors
/// The database.
pub async fn unlock(by: &Granted<UnlockUser>, answered: &User) -> Result<(), StoreError> {
    changed(by, by.store().writer().begin().await?, answered, ("locked", "active")).await
}

async fn changed<Op: OnUser>(
    by: &Granted<Op>,
    mut transaction: Transaction<'_, Any>,
    answered: &User,
    (from, to): (&str, &str),
) -> Result<(), StoreError> {
    answered.keep(&mut transaction).await?;
    let change = Change { subject: answered.id.as_str().to_owned(), from: from.to_owned(), to: to.to_owned() };
    audit::record(by, &mut transaction, &change).await?;
    Ok(transaction.commit().await?)
}
