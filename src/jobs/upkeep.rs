//! The jobs of the server: the copy of Clerk's objects is healed, old rows are deleted, and the
//! counts of organizations stay right.

use super::Job;
use crate::clock::Clock;
use crate::db::Database;
use crate::retention::{self, Retention};
use crate::store::{recount, session_expiry};
use crate::sync;
use clerk::backend_api::BackendApi;
use std::time::Duration;

const DAILY: Duration = Duration::from_secs(24 * 60 * 60);
/// A sync reads every object of the instance, one page after the other.
const SYNC_LIMIT: Duration = Duration::from_secs(6 * 60 * 60);
const PRUNE_LIMIT: Duration = Duration::from_secs(60 * 60);
/// The dashboard looks up each session that has expired since the last run.
const EXPIRE_EVERY: Duration = Duration::from_secs(5 * 60);
const COUNT_LIMIT: Duration = Duration::from_secs(60 * 60);

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

/// The job that takes expired sessions out of the counts, at the start and every 5 minutes.
#[must_use]
pub fn expire(database: Database, clock: Clock) -> Job {
    let work = move || {
        let (database, now_ms) = (database.clone(), clock.now_ms());
        async move {
            let changed = session_expiry::mark_expired(&database, now_ms).await.map_err(|error| error.to_string())?;
            Ok(format!("{changed} sessions expired or run again"))
        }
    };
    Job::new("expire", EXPIRE_EVERY, COUNT_LIMIT, work).at_start()
}

/// The job that counts members and sessions again and corrects wrong counts, at the start and
/// daily. A server of an earlier version, which may run during an update, writes without counting.
#[must_use]
pub fn recount(database: Database) -> Job {
    let work = move || {
        let database = database.clone();
        async move {
            let wrong = recount::correct(&database).await.map_err(|error| error.to_string())?;
            if !wrong.is_empty() {
                tracing::warn!(organizations = wrong.len(), "the counts of members or sessions were wrong; corrected");
            }
            Ok(format!("counts of {} organizations corrected", wrong.len()))
        }
    };
    Job::new("recount", DAILY, COUNT_LIMIT, work).at_start()
}
