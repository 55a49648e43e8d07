//! Requests of people about their data: everything that is stored about a person, and its erasure.
//!
//! The commands `export` and `forget` call it. docs/personal-data.md says what they cover.

use crate::db::{Database, StoreError};
use crate::store::{ErasedRows, personal_data};
use domain::ids::UserId;
use serde_json::{Value, json};

/// Erases the personal data of a user as the event `user.deleted` of Clerk does: name, address,
/// browser, city and payloads of webhooks are erased, memberships and sessions end, and the user's
/// row stays as a tombstone. The audit log keeps its rows. `now_ms` is in Unix milliseconds.
///
/// Returns the number of rows of each table. It may be repeated.
///
/// A user who still exists at Clerk can still sign in, but no list shows them any more. Delete the
/// user at Clerk first.
///
/// # Errors
/// The database does not answer or refuses a statement; nothing is erased then.
pub async fn forget(database: &Database, user: &UserId, now_ms: i64) -> Result<Vec<ErasedRows>, StoreError> {
    personal_data::erase(database, user, now_ms).await
}

/// Exports everything that is stored about a user: `{"user": …, "tables": {"users": [{…}], …}}`,
/// with the names of tables and columns, and times in Unix milliseconds.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn export(database: &Database, user: &UserId) -> Result<Value, StoreError> {
    Ok(json!({ "user": user, "tables": personal_data::rows(database, user).await? }))
}
