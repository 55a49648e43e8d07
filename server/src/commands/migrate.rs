//! `server migrate`: brings the schema up to date without starting a server, for deployments that
//! migrate before they replace the servers.

use crate::standard_output::print;
use crate::start_error::StartError;
use gatehouse::store;
use secrecy::SecretString;

/// Applies the missing migrations of this build and prints them.
///
/// # Errors
/// The database does not answer, or its schema cannot be brought up to date.
pub async fn migrate(database_url: &SecretString) -> Result<(), StartError> {
    let applied = store::migrate(database_url).await?;
    match applied.len() {
        0 => print("The schema is up to date; there was nothing to apply."),
        1 => print(&format!("Applied {}. The schema is up to date.", applied.concat())),
        count => print(&format!("Applied {count} migrations: {}. The schema is up to date.", applied.join(", "))),
    }
}
