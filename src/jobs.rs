//! The scheduler of the work that the server does by itself: a few jobs, each with a period.
//!
//! The table `jobs` has the time of the next run and the outcome of the last one. Of several
//! servers one takes a due job, under a lease that it extends while it works; when that server
//! stops, another one takes the job after the lease. Each job has a task of its own, so a job that
//! panics or hangs does not stop the others. The jobs themselves are in [`upkeep`].

mod job;
pub mod upkeep;

pub use crate::store::JobStatus;
pub use job::{Job, JobOutcome};

use crate::clock::Clock;
use crate::db::{Database, StoreError};
use crate::random::Token;
use crate::store::jobs::{self, End, Lease};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// The pause between two looks at the table.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// A failed run is repeated after this time, or after the period if that is shorter.
const RETRY_MS: i64 = 15 * 60_000;
/// A start makes a job due, unless a run began within this time: several servers start together,
/// and a server that restarts again and again must not ask Clerk for everything each time.
const START_PAUSE_MS: i64 = 10 * 60_000;
/// The length of a lease. Clocks of servers may differ by some seconds.
const LEASE_MS: i64 = 60_000;
/// The pause between two extensions of a lease.
const EXTEND_EVERY: Duration = Duration::from_secs(20);

/// A run that has ended: `None` for the outcome of a run before the start of this process.
pub type RunListener = fn(job: &'static str, ended_ms: i64, outcome: Option<JobOutcome>);

/// The scheduler of one server. A clone is the same server.
#[derive(Clone)]
pub struct Scheduler {
    database: Database,
    clock: Clock,
    /// Tells this server from the others in the table.
    server: Arc<str>,
    jobs: Arc<[Job]>,
    listener: RunListener,
}

/// Reads every job with its next and its last run, by name.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub async fn list(database: &Database) -> Result<Vec<JobStatus>, StoreError> {
    jobs::list(database).await
}

impl Scheduler {
    /// A scheduler of these jobs.
    #[must_use]
    pub fn new(database: Database, clock: Clock, jobs: Vec<Job>) -> Self {
        let server = Token::random().as_str().into();
        Self { database, clock, server, jobs: jobs.into(), listener: |_, _, _| () }
    }

    /// Sets the callback for every run that ends at this server, and for the last run of each job
    /// before the start.
    #[must_use]
    pub fn with_run_listener(self, listener: RunListener) -> Self {
        Self { listener, ..self }
    }

    /// Runs the jobs in the background, for as long as the process runs.
    pub fn start(self) {
        for job in 0..self.jobs.len() {
            let scheduler = self.clone();
            tokio::spawn(async move { scheduler.repeat(job).await });
        }
    }

    /// Adds the jobs to the table, and makes those due that run at a start.
    ///
    /// # Errors
    /// The database does not answer or refuses a statement.
    pub async fn prepare(&self) -> Result<(), StoreError> {
        for job in self.jobs.iter() {
            self.prepare_job(job).await?;
        }
        Ok(())
    }

    /// Runs each job that is due and that no other server runs, and waits for their ends.
    pub async fn run_due(&self) {
        let mut running = JoinSet::new();
        for job in 0..self.jobs.len() {
            let scheduler = self.clone();
            running.spawn(async move {
                if let Some(job) = scheduler.jobs.get(job) {
                    scheduler.run_if_due(job).await;
                }
            });
        }
        while running.join_next().await.is_some() {}
    }

    async fn repeat(&self, job: usize) {
        let Some(job) = self.jobs.get(job) else { return };
        while let Err(error) = self.prepare_job(job).await {
            tracing::warn!(%error, job = job.name, "the job is not in the table yet; the server tries again");
            tokio::time::sleep(LOOK_EVERY).await;
        }
        loop {
            self.run_if_due(job).await;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn prepare_job(&self, job: &Job) -> Result<(), StoreError> {
        let now_ms = self.clock.now_ms();
        jobs::add(&self.database, job.name, job.period_ms, now_ms).await?;
        if job.runs_at_start {
            jobs::make_due(&self.database, job.name, now_ms, now_ms.saturating_sub(START_PAUSE_MS)).await?;
        }
        let last = jobs::list(&self.database).await?.into_iter().find(|found| found.name == job.name);
        if let Some(ended_ms) = last.and_then(|last| last.last_ended_at) {
            (self.listener)(job.name, ended_ms, None);
        }
        Ok(())
    }

    async fn run_if_due(&self, job: &Job) {
        let now_ms = self.clock.now_ms();
        let taken = jobs::take(&self.database, self.lease(job), now_ms, now_ms.saturating_add(LEASE_MS)).await;
        match taken {
            Ok(true) => self.run(job).await,
            Ok(false) => {}
            Err(error) => tracing::debug!(%error, job = job.name, "the table of jobs cannot be read"),
        }
    }

    /// Runs a job that this server has taken, and stores the outcome.
    async fn run(&self, job: &Job) {
        let started_ms = self.clock.now_ms();
        let (outcome, detail) = tokio::select! {
            ended = job.run() => ended,
            () = self.keep_lease(job) => (JobOutcome::LeaseLost, "another server has taken the job".to_owned()),
        };
        let ended_ms = self.clock.now_ms();
        match outcome {
            JobOutcome::Done => tracing::info!(job = job.name, detail, "a job has run"),
            JobOutcome::Failed | JobOutcome::Panicked | JobOutcome::TimedOut | JobOutcome::LeaseLost => {
                tracing::warn!(
                    job = job.name,
                    outcome = outcome.code(),
                    detail,
                    "a job did not end well; it is repeated"
                );
            }
        }
        (self.listener)(job.name, ended_ms, Some(outcome));
        let pause_ms = if outcome == JobOutcome::Done { job.period_ms } else { job.period_ms.min(RETRY_MS) };
        let next_run_ms = started_ms.saturating_add(pause_ms);
        let end = End { outcome: outcome.code(), detail: &detail, ended_ms, next_run_ms };
        if let Err(error) = jobs::finish(&self.database, self.lease(job), end).await {
            tracing::warn!(%error, job = job.name, "the end of a job is not stored; the job runs again soon");
        }
    }

    /// Extends the lease for as long as this server has it. A database that does not answer takes
    /// nothing away: the other servers cannot take the job then either.
    async fn keep_lease(&self, job: &Job) {
        loop {
            tokio::time::sleep(EXTEND_EVERY).await;
            let until_ms = self.clock.now_ms().saturating_add(LEASE_MS);
            if let Ok(false) = jobs::extend(&self.database, self.lease(job), until_ms).await {
                return;
            }
        }
    }

    fn lease<'a>(&'a self, job: &'a Job) -> Lease<'a> {
        Lease { job: job.name, runner: &self.server }
    }
}
