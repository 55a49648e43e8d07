//! Begins the commands that ban, unban, lock and unlock users. The list of users comes directly
//! from Clerk.

use super::command_intents::{self, Change, Intent, NewIntent};
use crate::access::Granted;
use crate::db::StoreError;
use domain::operation::{AnotherUser, BanUser, LockUser, Operation, UnbanUser, UnlockUser};

/// Begins a ban.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn begin_ban(grant: &Granted<BanUser>) -> Result<Intent, StoreError> {
    begin(grant, Change::Ban { user: grant.target().clone() }).await
}

/// Begins to lift a ban.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn begin_unban(grant: &Granted<UnbanUser>) -> Result<Intent, StoreError> {
    begin(grant, Change::Unban { user: grant.target().clone() }).await
}

/// Begins a lock.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn begin_lock(grant: &Granted<LockUser>) -> Result<Intent, StoreError> {
    begin(grant, Change::Lock { user: grant.target().clone() }).await
}

/// Begins to lift a lock.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn begin_unlock(grant: &Granted<UnlockUser>) -> Result<Intent, StoreError> {
    begin(grant, Change::Unlock { user: grant.target().clone() }).await
}

/// The old status is `active`, `banned`, `locked`, both, or `unknown` if the mirror has no data.
async fn begin<Op: Operation<Target = AnotherUser>>(grant: &Granted<Op>, change: Change) -> Result<Intent, StoreError> {
    let mut transaction = grant.database().writer().begin().await?;
    let found: Option<(i64, i64)> =
        sqlx::query_as("select banned, locked from users where id = $1 and updated_at > 0 and deleted_at is null")
            .bind(grant.target().as_str())
            .fetch_optional(&mut *transaction)
            .await?;
    let from = found.map_or("unknown", |(banned, locked)| status(banned != 0, locked != 0)).to_owned();
    let new = NewIntent { change, subject: grant.target().to_string(), from };
    command_intents::begin(grant, transaction, new).await
}

pub(super) fn status(banned: bool, locked: bool) -> &'static str {
    match (banned, locked) {
        (false, false) => "active",
        (true, false) => "banned",
        (false, true) => "locked",
        (true, true) => "banned and locked",
    }
}
