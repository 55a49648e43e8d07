//! Starts the jobs of the server: the sync, the deletion of old rows, and the counts.
//!
//! It is apart from `start`, because only `serve` runs jobs: a command or a test that builds the
//! application must not begin to talk to Clerk.

use crate::app_state::AppState;
use crate::metrics;
use gatehouse::jobs::{Scheduler, upkeep};
use gatehouse::retention::Retention;

/// Starts the jobs in the background. The local Clerk sends all of its data by webhook, so there is
/// no sync with it.
pub fn start(app: &AppState, retention: Retention) {
    let services = app.gate.services();
    let database = &services.database;
    let mut jobs = vec![
        upkeep::prune(database.clone(), retention, app.clock.clone()),
        upkeep::expire(database.clone(), app.clock.clone()),
        upkeep::recount(database.clone()),
    ];
    if !app.local_clerk {
        jobs.push(upkeep::sync(database.clone(), services.backend_api.clone()));
    }
    Scheduler::new(database.clone(), app.clock.clone(), jobs).with_run_listener(metrics::job_ended).start();
}
