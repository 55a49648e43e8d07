//! A job: its name, its period and its work, which may fail, panic or hang.

use futures_util::future::BoxFuture;
use std::fmt;
use std::time::Duration;
use tokio::task::JoinSet;

type Work = dyn Fn() -> BoxFuture<'static, Result<String, String>> + Send + Sync;

/// Work that the server repeats.
pub struct Job {
    pub(super) name: &'static str,
    pub(super) period_ms: i64,
    pub(super) runs_at_start: bool,
    time_limit: Duration,
    work: Box<Work>,
}

/// How a run of a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobOutcome {
    /// The work is done.
    Done,
    /// The work ended with an error.
    Failed,
    /// The work panicked, which is a fault of the program.
    Panicked,
    /// The work took longer than its limit.
    TimedOut,
    /// Another server took the job, because this one did not extend its lease in time.
    LeaseLost,
}

impl JobOutcome {
    /// The code in the table and in the metrics.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Panicked => "panicked",
            Self::TimedOut => "timed_out",
            Self::LeaseLost => "lease_lost",
        }
    }
}

impl Job {
    /// A job that runs once in each `period` and is stopped after `time_limit`. The work returns
    /// its result or its error as text for operators, without personal data.
    pub fn new<F>(
        name: &'static str,
        period: Duration,
        time_limit: Duration,
        work: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<String, String>> + Send + 'static,
    {
        let period_ms = i64::try_from(period.as_millis()).unwrap_or(i64::MAX);
        Self { name, period_ms, runs_at_start: false, time_limit, work: Box::new(move || Box::pin(work())) }
    }

    /// Runs the job at each start too.
    #[must_use]
    pub fn at_start(self) -> Self {
        Self { runs_at_start: true, ..self }
    }

    /// Runs the work in a task of its own, so that a panic ends only that task. Work that is
    /// dropped or too slow is aborted.
    pub(super) async fn run(&self) -> (JobOutcome, String) {
        let mut task = JoinSet::new();
        task.spawn((self.work)());
        match tokio::time::timeout(self.time_limit, task.join_next()).await {
            Ok(Some(Ok(Ok(result)))) => (JobOutcome::Done, result),
            Ok(Some(Ok(Err(error)))) => (JobOutcome::Failed, error),
            Ok(Some(Err(error))) => (JobOutcome::Panicked, error.to_string()),
            Ok(None) => (JobOutcome::Failed, "the task was not started".to_owned()),
            Err(_) => (JobOutcome::TimedOut, format!("stopped after {} seconds", self.time_limit.as_secs())),
        }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("name", &self.name).field("period_ms", &self.period_ms).finish_non_exhaustive()
    }
}
