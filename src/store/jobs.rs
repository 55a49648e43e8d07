//! The table of jobs: which server runs a job, and what became of the last run.
//!
//! A server takes a due job with one update that only one of several servers can make, as with the
//! leases of [`super::command_intents`]. `crate::jobs` decides what runs and when.

use crate::db::{Database, StoreError};
use sqlx::FromRow;

/// The condition that the job `$1` is due at `$2`; `$3` is the time from which a lease is invalid.
macro_rules! is_due {
    () => {
        "name = $1 and (next_run_at <= $2 or next_run_at > $3 + period_ms) and (lease_until <= $2 or lease_until > $3)"
    };
}

/// A job as the table has it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct JobStatus {
    /// The name.
    pub name: String,
    /// The time between two runs, in milliseconds.
    pub period_ms: i64,
    /// When the job is due, Unix milliseconds.
    pub next_run_at: i64,
    /// The server that runs the job now, or whose lease is over; `None` if none does.
    pub runner: Option<String>,
    /// When the last run began, Unix milliseconds.
    pub last_started_at: Option<i64>,
    /// When the last run ended, Unix milliseconds.
    pub last_ended_at: Option<i64>,
    /// Code of the outcome of the run that ended last.
    pub last_outcome: Option<String>,
    /// The result or the error of that run, as text for operators.
    pub last_detail: Option<String>,
}

impl JobStatus {
    /// How long the last run took, in milliseconds; `None` while the job runs.
    #[must_use]
    pub fn duration_ms(&self) -> Option<i64> {
        self.last_ended_at?.checked_sub(self.last_started_at?).filter(|duration| *duration >= 0)
    }
}

/// A lease of one server on one job.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lease<'a> {
    pub(crate) job: &'a str,
    /// Id of the server.
    pub(crate) runner: &'a str,
}

/// Adds a job, due at `now_ms`, or changes its period.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn add(database: &Database, job: &str, period_ms: i64, now_ms: i64) -> Result<(), StoreError> {
    let query = sqlx::query(
        "insert into jobs (name, period_ms, next_run_at, lease_until) values ($1, $2, $3, 0) \
         on conflict (name) do update set period_ms = excluded.period_ms",
    );
    database.writer().execute(query.bind(job).bind(period_ms).bind(now_ms)).await?;
    Ok(())
}

/// Makes a job due at `now_ms`, unless a run began at or after `unless_since_ms`.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn make_due(
    database: &Database,
    job: &str,
    now_ms: i64,
    unless_since_ms: i64,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "update jobs set next_run_at = $2 where name = $1 and next_run_at > $2 and coalesce(last_started_at, 0) < $3",
    );
    database.writer().execute(query.bind(job).bind(now_ms).bind(unless_since_ms)).await?;
    Ok(())
}

/// A time that is further in the future than a period or a lease, plus these 10 minutes, comes from
/// a clock that has since been set back, so it does not count.
const CLOCK_MARGIN_MS: i64 = 600_000;

/// Takes a job if it is due at `now_ms` and no server has a lease on it. Returns whether it did.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(crate) async fn take(
    database: &Database,
    lease: Lease<'_>,
    now_ms: i64,
    until_ms: i64,
) -> Result<bool, StoreError> {
    // Most looks find nothing to do. This read spares them the transaction.
    let due: Option<(i64,)> = sqlx::query_as(concat!("select next_run_at from jobs where ", is_due!()))
        .bind(lease.job)
        .bind(now_ms)
        .bind(now_ms.saturating_add(CLOCK_MARGIN_MS))
        .fetch_optional(database.reader())
        .await?;
    if due.is_none() {
        return Ok(false);
    }
    let query =
        sqlx::query(concat!("update jobs set runner = $4, lease_until = $5, last_started_at = $2 where ", is_due!()));
    let query = query.bind(lease.job).bind(now_ms).bind(now_ms.saturating_add(CLOCK_MARGIN_MS));
    let query = query.bind(lease.runner).bind(until_ms);
    Ok(database.writer().execute(query).await?.rows_affected() == 1)
}

/// Extends a lease. Returns false if another server has the job.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn extend(database: &Database, lease: Lease<'_>, until_ms: i64) -> Result<bool, StoreError> {
    let query = sqlx::query("update jobs set lease_until = $3 where name = $1 and runner = $2");
    let query = query.bind(lease.job).bind(lease.runner).bind(until_ms);
    Ok(database.writer().execute(query).await?.rows_affected() == 1)
}

/// The end of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End<'a> {
    pub(crate) outcome: &'a str,
    pub(crate) detail: &'a str,
    /// Unix milliseconds.
    pub(crate) ended_ms: i64,
    /// Unix milliseconds.
    pub(crate) next_run_ms: i64,
}

/// Stores the end of a run and gives the lease back, unless another server has the job.
///
/// # Errors
/// The database does not answer or refuses the statement. The lease ends by itself then.
pub(crate) async fn finish(database: &Database, lease: Lease<'_>, end: End<'_>) -> Result<(), StoreError> {
    let query = sqlx::query(
        "update jobs set runner = null, lease_until = 0, last_ended_at = $3, last_outcome = $4, last_detail = $5, \
           next_run_at = $6 where name = $1 and runner = $2",
    );
    let query = query.bind(lease.job).bind(lease.runner).bind(end.ended_ms).bind(end.outcome);
    database.writer().execute(query.bind(end.detail).bind(end.next_run_ms)).await?;
    Ok(())
}

/// Reads every job, by name.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn list(database: &Database) -> Result<Vec<JobStatus>, StoreError> {
    Ok(sqlx::query_as(
        "select name, period_ms, next_run_at, runner, last_started_at, last_ended_at, last_outcome, last_detail \
         from jobs order by name",
    )
    .fetch_all(database.reader())
    .await?)
}
