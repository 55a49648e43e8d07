//! Of several servers one runs each job, once in each period, whatever becomes of a run.

use super::*;
use crate::clock::Clock;
use crate::jobs::{self, Job, JobStatus, Scheduler};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const HOUR: Duration = Duration::from_secs(3600);

fn advance(clock: &Clock, seconds: i64) {
    clock.turned_by_ms().fetch_add(seconds * 1000, Ordering::Relaxed);
}

/// A job that counts its runs, each of which takes some time.
fn counting(runs: &Arc<AtomicU32>) -> Job {
    let runs = Arc::clone(runs);
    Job::new("count", HOUR, HOUR, move || {
        let runs = Arc::clone(&runs);
        async move {
            runs.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok("counted".to_owned())
        }
    })
}

async fn server(store: &Database, clock: &Clock, jobs: Vec<Job>) -> Scheduler {
    let scheduler = Scheduler::new(store.clone(), clock.clone(), jobs);
    scheduler.prepare().await.unwrap();
    scheduler
}

async fn status(store: &Database, name: &str) -> JobStatus {
    jobs::list(store).await.unwrap().into_iter().find(|job| job.name == name).unwrap()
}

#[tokio::test]
async fn two_servers_run_a_job_once_in_each_period() {
    on_every_database(|store| async move {
        let (runs, clock) = (Arc::default(), Clock::default());
        let one = server(&store, &clock, vec![counting(&runs)]).await;
        let other = server(&store, &clock, vec![counting(&runs)]).await;
        tokio::join!(one.run_due(), other.run_due());
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        advance(&clock, 3500);
        tokio::join!(one.run_due(), other.run_due());
        assert_eq!(runs.load(Ordering::SeqCst), 1, "not due yet");
        advance(&clock, 120);
        tokio::join!(one.run_due(), other.run_due());
        assert_eq!(runs.load(Ordering::SeqCst), 2);
        let job = status(&store, "count").await;
        assert_eq!((job.last_outcome.as_deref(), job.last_detail.as_deref()), (Some("done"), Some("counted")));
        assert!((40..60_000).contains(&job.duration_ms().unwrap()), "{job:?}");
        assert_eq!((job.runner, job.period_ms), (None, 3_600_000));
        assert_eq!(job.next_run_at / 1000, (job.last_started_at.unwrap() + 3_600_000) / 1000);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_panics_fails_or_hangs_does_not_stop_the_others() {
    on_every_database(|store| async move {
        let (runs, clock) = (Arc::default(), Clock::default());
        let short = Duration::from_millis(100);
        let panicking = Job::new("panic", HOUR, HOUR, || async { panic!("a fault of the job") });
        let failing = Job::new("fail", HOUR, HOUR, || async { Err("Clerk does not answer".to_owned()) });
        let hanging = Job::new("hang", HOUR, short, std::future::pending);
        let blocking = Job::new("block", HOUR, short, || async {
            std::thread::sleep(Duration::from_millis(400));
            Ok(String::new())
        });
        let scheduler = server(&store, &clock, vec![panicking, failing, hanging, blocking, counting(&runs)]).await;
        scheduler.run_due().await;
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        for (name, outcome) in [("panic", "panicked"), ("fail", "failed"), ("hang", "timed_out"), ("count", "done")] {
            let job = status(&store, name).await;
            assert_eq!((job.last_outcome.as_deref(), job.runner), (Some(outcome), None), "{name}");
        }
        let panicked = status(&store, "panic").await.last_detail.unwrap();
        assert!(panicked.contains("a fault of the job"), "{panicked}");
        assert_eq!(status(&store, "fail").await.last_detail.as_deref(), Some("Clerk does not answer"));
        // A job that did not end well is repeated after a quarter of an hour, the others are not.
        advance(&clock, 16 * 60);
        let first = status(&store, "fail").await.last_started_at;
        scheduler.run_due().await;
        assert_ne!(status(&store, "fail").await.last_started_at, first);
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test]
async fn another_server_takes_the_job_of_a_server_that_was_killed() {
    on_every_database(|store| async move {
        let (runs, clock) = (Arc::default(), Clock::default());
        let killed = server(&store, &clock, vec![Job::new("count", HOUR, HOUR, std::future::pending)]).await;
        let other = server(&store, &clock, vec![counting(&runs)]).await;
        let task = tokio::spawn(async move { killed.run_due().await });
        while status(&store, "count").await.runner.is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        task.abort();
        let _ = task.await;
        other.run_due().await;
        assert_eq!(runs.load(Ordering::SeqCst), 0, "the lease of the other server is not over");
        advance(&clock, 61);
        other.run_due().await;
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        assert_eq!(status(&store, "count").await.last_outcome.as_deref(), Some("done"));
    })
    .await;
}

#[tokio::test]
async fn a_start_makes_a_job_due_but_not_again_and_again() {
    on_every_database(|store| async move {
        let (runs, clock) = (Arc::default(), Clock::default());
        let starts = async || server(&store, &clock, vec![counting(&runs).at_start()]).await.run_due().await;
        starts().await;
        starts().await;
        assert_eq!(runs.load(Ordering::SeqCst), 1, "a second start within ten minutes");
        advance(&clock, 11 * 60);
        starts().await;
        assert_eq!(runs.load(Ordering::SeqCst), 2);
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_stop_a_job() {
    on_every_database(|store| async move {
        let (runs, clock) = (Arc::default(), Clock::default());
        let scheduler = server(&store, &clock, vec![counting(&runs)]).await;
        advance(&clock, 400 * 86_400);
        scheduler.run_due().await;
        advance(&clock, -10);
        scheduler.run_due().await;
        assert_eq!(runs.load(Ordering::SeqCst), 1, "clocks of servers differ by some seconds");
        advance(&clock, -400 * 86_400);
        scheduler.run_due().await;
        assert_eq!(runs.load(Ordering::SeqCst), 2);
    })
    .await;
}
