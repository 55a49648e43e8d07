//! `server forget <user>` and `server export <user>`: requests of people about their data. The page
//! docs/personal-data.md says what they cover.

use crate::standard_output::print;
use crate::start_error::StartError;
use domain::ids::UserId;
use gatehouse::clock::Clock;
use gatehouse::db::Database;
use gatehouse::{personal_data, store};
use secrecy::SecretString;
use serde_json::Value;

/// Erases the personal data of a user and prints the numbers of rows.
///
/// # Errors
/// Nothing is stored about the user, or the database does not answer.
pub async fn forget(database_url: &SecretString, user: &UserId) -> Result<(), StartError> {
    let database = store::open(database_url).await?;
    // A mistyped id would leave a tombstone behind and look like success.
    stored(&database, user).await?;
    let erased = personal_data::forget(&database, user, Clock::default().now_ms()).await?;
    let rows: Vec<_> = erased.iter().map(|erased| format!("{} {}", erased.table, erased.rows)).collect();
    print(&format!("{user} is forgotten; rows with erased data: {}. The audit log keeps ids.", rows.join(", ")))
}

/// Prints everything that is stored about a user as JSON.
///
/// # Errors
/// Nothing is stored about the user, or the database does not answer.
pub async fn export(database_url: &SecretString, user: &UserId) -> Result<(), StartError> {
    let database = store::open(database_url).await?;
    print(&format!("{:#}", stored(&database, user).await?))
}

async fn stored(database: &Database, user: &UserId) -> Result<Value, StartError> {
    let stored = personal_data::export(database, user).await?;
    let tables = stored.get("tables").and_then(Value::as_object);
    let is_empty = |rows: &Value| rows.as_array().is_none_or(Vec::is_empty);
    if tables.is_none_or(|tables| tables.values().all(is_empty)) {
        return Err(format!("nothing is stored about {user}: copy the id of the user from Clerk's dashboard").into());
    }
    Ok(stored)
}
