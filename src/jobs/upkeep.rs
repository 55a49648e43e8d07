//! The jobs of the server: the copy of Clerk's objects is healed, and old rows are deleted.

use super::Job;
use crate::clock::Clock;
use crate::db::Database;
use crate::retention::{self, Retention};
use crate::sync;
use clerk::backend_api::BackendApi;
use std::time::Duration;

const DAILY: Duration = Duration::from_secs(24 * 60 * 60);
/// A sync reads every object of the instance, one page after the other.
const SYNC_LIMIT: Duration = Duration::from_secs(6 * 60 * 60);
const PRUNE_LIMIT: Duration = Duration::from_secs(60 * 60);

/// The job that copies the objects of the Clerk instance and deletes what Clerk no longer has, at
/// the start and daily. It heals the effect of a webhook that never came.
#[must_use]
pub fn sync(database: Database, api: BackendApi) -> Job {
    let api = api.with_long_retries();
    let work = move || {
        let (database, api) = (database.clone(), api.clone());
        async move {
            let totals = sync::sync(&database, &api, |_| ()).await.map_err(|error| error.to_string())?;
            Ok(totals.to_string())
        }
    };
    Job::new("sync", DAILY, SYNC_LIMIT, work).at_start()
}

/// The job that deletes the rows whose time is over, daily.
#[must_use]
pub fn prune(database: Database, retention: Retention, clock: Clock) -> Job {
    let work = move || {
        let (database, now_ms) = (database.clone(), clock.now_ms());
        async move {
            let pruned = retention::prune(&database, &retention, now_ms).await.map_err(|error| error.to_string())?;
            Ok(pruned.to_string())
        }
    };
    Job::new("prune", DAILY, PRUNE_LIMIT, work)
}
