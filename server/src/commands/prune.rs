//! `server prune`: deletes old rows now. The server does the same once a day.

use crate::standard_output::print;
use crate::start_error::StartError;
use gatehouse::clock::Clock;
use gatehouse::config::PruneSettings;
use gatehouse::{retention, store};

/// Deletes every row that is older than the configuration keeps it, and prints the numbers.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn prune(settings: PruneSettings) -> Result<(), StartError> {
    let database = store::open(&settings.database_url).await?;
    let pruned = retention::prune(&database, &settings.retention, Clock::default().now_ms()).await?;
    print(&format!("{pruned}."))
}
