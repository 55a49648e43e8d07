//! `server backup <file>`: a consistent copy of the SQLite database while the server runs.

use crate::standard_output::print;
use crate::start_error::StartError;
use gatehouse::db;
use secrecy::SecretString;
use std::path::Path;

/// Writes the copy, verifies it and prints its size.
///
/// # Errors
/// The database is PostgreSQL, the file exists already, or the copy cannot be written or verified.
pub async fn backup(database_url: &SecretString, file: &Path) -> Result<(), StartError> {
    let bytes = db::backup(database_url, file).await?;
    print(&format!("Saved {} ({bytes} bytes); its integrity check found no error.", file.display()))
}
