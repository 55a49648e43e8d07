//! The metrics for Prometheus. `metrics_listener` serves them.
//!
//! Labels come from closed sets: an undeclared path counts as `other`, so a client cannot fill the
//! memory with names.

use domain::appearance::Appearance;
use domain::operation::OPERATIONS;
use domain::pages::Page;
use gatehouse::jobs::JobOutcome;
use gatehouse::reports::ReportSummary;
use metrics::{Counter, Histogram, counter, describe_counter, describe_gauge, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, PoisonError, RwLock};
use std::time::Duration;

/// Buckets in seconds, from an answer from memory to a slow dependency.
const BUCKETS: [f64; 9] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0];
const SECONDS: &str = "http_request_duration_seconds";
const REFUSED: &str = "http_requests_refused_total";
const REPORTS: &str = "browser_reports_total";
const UNKNOWN_CLIENTS: &str = "unknown_clients_total";
const LIMITS_AWAY: &str = "rate_limit_store_away";
const LIMIT_OUTAGES: &str = "rate_limit_store_outages_total";
const JOB_RUNS: &str = "job_runs_total";
const JOB_LAST_RUN: &str = "job_last_run_timestamp_seconds";

/// Samples of a histogram wait in memory until the next upkeep or scrape.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts recording, and returns the numbers.
///
/// # Errors
/// The process has a metrics recorder already.
pub(crate) fn record() -> Result<PrometheusHandle, BuildError> {
    let numbers = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &BUCKETS)?
        .install_recorder()?;
    describe_counter!(REFUSED, "Requests beyond a limit of number, by limit; each got a 503 at once");
    describe_counter!(REPORTS, "Reports of browsers, by kind and by the directive that was violated");
    describe_counter!(UNKNOWN_CLIENTS, "Requests whose client has no known address; they share one rate limit");
    describe_gauge!(LIMITS_AWAY, "1 while the shared store of rate limits cannot be asked");
    describe_counter!(LIMIT_OUTAGES, "How often the shared store of rate limits went away");
    describe_counter!(JOB_RUNS, "Runs of background jobs at this server, by job and outcome");
    describe_gauge!(JOB_LAST_RUN, "When the last run of a job that this server knows of ended, in Unix seconds");
    IS_RECORDING.store(true, Ordering::Relaxed);
    tokio::spawn(keep_up(numbers.clone(), UPKEEP));
    Ok(numbers)
}

/// Moves the samples of histograms into their buckets, also when nobody scrapes.
async fn keep_up(numbers: PrometheusHandle, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        numbers.run_upkeep();
    }
}

/// Counts an answered request.
pub(crate) fn count(path: &str, status: u16, elapsed: Duration) {
    // A handle that is made before the recorder counts nothing, for as long as it is kept.
    if !IS_RECORDING.load(Ordering::Relaxed) {
        return;
    }
    let key = (route(path), status);
    let known = HANDLES.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let handles = known.unwrap_or_else(|| {
        let mut handles = HANDLES.write().unwrap_or_else(PoisonError::into_inner);
        handles.entry(key).or_insert_with(|| Handles::new(key)).clone()
    });
    handles.requests.increment(1);
    handles.seconds.record(elapsed.as_secs_f64());
}

/// The handles of a route and a status. To find one in the recorder takes several allocations, so
/// they are kept. Routes and statuses are closed sets, which bounds the map.
#[derive(Clone)]
struct Handles {
    requests: Counter,
    seconds: Histogram,
}

static HANDLES: LazyLock<RwLock<HashMap<(&str, u16), Handles>>> = LazyLock::new(RwLock::default);
static IS_RECORDING: AtomicBool = AtomicBool::new(false);

impl Handles {
    fn new((route, status): (&'static str, u16)) -> Self {
        let requests = counter!("http_requests_total", "route" => route, "status" => status.to_string());
        Self { requests, seconds: histogram!(SECONDS, "route" => route) }
    }
}

/// Counts a request beyond the limit of this name.
pub(crate) fn count_refused(limit: &'static str) {
    counter!(REFUSED, "limit" => limit).increment(1);
}

/// Counts a report of a browser.
pub(crate) fn count_report(report: &ReportSummary) {
    counter!(REPORTS, "type" => report.kind, "directive" => report.directive).increment(1);
}

/// Counts a request whose client has no known address.
pub(crate) fn count_unknown_client() {
    counter!(UNKNOWN_CLIENTS).increment(1);
}

/// Counts an outage of the rate limit store when it begins, and resets the gauge when it ends.
pub(crate) fn limits_away(away: bool) {
    gauge!(LIMITS_AWAY).set(f64::from(u8::from(away)));
    counter!(LIMIT_OUTAGES).increment(u64::from(away));
}

/// Counts a run of a job that ended at `ended_ms` (Unix milliseconds). Without an outcome it ended
/// before this process started, and only its time is set.
pub(crate) fn job_ended(job: &'static str, ended_ms: i64, outcome: Option<JobOutcome>) {
    // Seconds of this century are exact in an f64.
    gauge!(JOB_LAST_RUN, "job" => job).set(Duration::from_millis(ended_ms.unsigned_abs()).as_secs_f64());
    if let Some(outcome) = outcome {
        counter!(JOB_RUNS, "job" => job, "outcome" => outcome.code()).increment(1);
    }
}

fn route(path: &str) -> &'static str {
    const OTHERS: [&str; 7] = [
        Appearance::PATH,
        "/reports",
        "/robots.txt",
        "/.well-known/security.txt",
        "/.well-known/change-password",
        "/healthz",
        "/readyz",
    ];
    if let Some(page) = Page::at(path) {
        return page.path();
    }
    if let Some(endpoint) = OTHERS.into_iter().find(|endpoint| *endpoint == path) {
        return endpoint;
    }
    if let Some(operation) = path.strip_prefix("/api/") {
        let declared = OPERATIONS.iter().find(|declaration| declaration.name == operation);
        return declared
            .map_or(if operation == "webhooks/clerk" { "webhook" } else { "other" }, |declaration| declaration.name);
    }
    let folders = [("/pkg/", "pkg"), ("/__clerk/", "clerk")];
    folders.into_iter().find(|(prefix, _)| path.starts_with(prefix)).map_or("other", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_explained_to_the_operator() {
        let page = include_str!("../../docs/operations.md");
        let is_name =
            |text: &&str| ["_total", "_seconds", "_away"].iter().any(|end| text.len() > 9 && text.ends_with(end));
        let names: Vec<_> = include_str!("metrics.rs").split('"').filter(is_name).collect();
        assert!(names.len() > 7, "{names:?}");
        let missing: Vec<_> = names.into_iter().filter(|name| !page.contains(&format!("| `{name}` |"))).collect();
        assert_eq!(missing, [""; 0], "add a row to docs/operations.md, Metrics");
    }

    #[test]
    fn every_page_is_counted_by_its_own_name() {
        for page in Page::ALL {
            assert_eq!(route(page.path()), page.path());
        }
        assert_eq!(route("/sign-in/factor-one"), "/sign-in");
    }

    #[test]
    fn runs_of_jobs_are_counted_by_outcome() {
        let recorder = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            job_ended("sync", 1_799_999_000_500, None);
            job_ended("prune", 1_800_000_000_000, Some(JobOutcome::Done));
            job_ended("prune", 1_800_000_060_000, Some(JobOutcome::TimedOut));
        });
        let numbers = recorder.handle().render();
        for line in [
            "job_last_run_timestamp_seconds{job=\"sync\"} 1799999000.5",
            "job_last_run_timestamp_seconds{job=\"prune\"} 1800000060",
            "job_runs_total{job=\"prune\",outcome=\"done\"} 1",
            "job_runs_total{job=\"prune\",outcome=\"timed_out\"} 1",
        ] {
            assert!(numbers.lines().any(|found| found == line), "{line} in {numbers}");
        }
        assert!(!numbers.contains("job_runs_total{job=\"sync\""), "{numbers}");
    }

    /// The resident memory of this process, in KiB.
    fn resident() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn samples_do_not_pile_up_without_a_scraper() {
        let recorder = PrometheusBuilder::new().build_recorder();
        tokio::spawn(keep_up(recorder.handle(), Duration::from_millis(10)));
        let before = resident();
        for _ in 0..40 {
            metrics::with_local_recorder(&recorder, || {
                (0..100_000).for_each(|_| histogram!(SECONDS, "route" => "/").record(0.001));
            });
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Four million samples without upkeep are at least 64 MiB.
        let grown = resident().saturating_sub(before);
        assert!(grown < 24 * 1024, "{grown} KiB");
    }

    #[test]
    fn routes_are_a_closed_set() {
        assert_eq!(route("/api/rename_organization"), "rename_organization");
        assert_eq!(route("/api/webhooks/clerk"), "webhook");
        assert_eq!(route("/admin/members"), "/admin/members");
        assert_eq!(route("/pkg/x.wasm"), "pkg");
        for path in ["/api/anything", "/admin/x", "/made/up", ""] {
            assert_eq!(route(path), "other", "{path}");
        }
    }
}
