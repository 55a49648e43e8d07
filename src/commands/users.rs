//! Commands on users of the whole instance.

use super::error::CommandError;
use super::run::run;
use crate::access::Granted;
use crate::store::users;
use domain::operation::{BanUser, LockUser, UnbanUser, UnlockUser};

/// Bans a user and ends their sessions; their tokens stop working at once.
///
/// # Errors
/// Clerk, or the database.
pub async fn ban_user(grant: Granted<BanUser>) -> Result<(), CommandError> {
    run(grant, |grant| Box::pin(async move { Ok(users::begin_ban(grant).await?) })).await
}

/// Lifts a ban.
///
/// # Errors
/// Clerk, or the database.
pub async fn unban_user(grant: Granted<UnbanUser>) -> Result<(), CommandError> {
    run(grant, |grant| Box::pin(async move { Ok(users::begin_unban(grant).await?) })).await
}

/// Locks a user: they cannot sign in any more.
///
/// # Errors
/// Clerk, or the database.
pub async fn lock_user(grant: Granted<LockUser>) -> Result<(), CommandError> {
    run(grant, |grant| Box::pin(async move { Ok(users::begin_lock(grant).await?) })).await
}

/// Lifts a lock.
///
/// # Errors
/// Clerk, or the database.
pub async fn unlock_user(grant: Granted<UnlockUser>) -> Result<(), CommandError> {
    run(grant, |grant| Box::pin(async move { Ok(users::begin_unlock(grant).await?) })).await
}
