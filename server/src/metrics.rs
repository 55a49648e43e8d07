//! Metrics for Prometheus, on a separate listener that is not public (ASVS 13.4.5).
//!
//! Labels come from closed sets: an undeclared path counts as `other`, so a client cannot fill the
//! memory with names.

use crate::listen;
use crate::start_error::StartError;
use axum::Router;
use axum::routing::get;
use domain::operation::OPERATIONS;
use domain::pages::Page;
use gatehouse::reports::ReportSummary;
use metrics::{counter, describe_counter, describe_gauge, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use std::net::SocketAddr;
use std::time::Duration;

/// Buckets in seconds, from an answer from memory to a slow dependency.
const BUCKETS: [f64; 9] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0];
const SECONDS: &str = "http_request_duration_seconds";
const REPORTS: &str = "browser_reports_total";
const UNKNOWN_CLIENTS: &str = "unknown_clients_total";
const LIMITS_AWAY: &str = "rate_limit_store_away";
const LIMIT_OUTAGES: &str = "rate_limit_store_outages_total";

/// Serves `/metrics` until the process ends.
///
/// # Errors
/// The address cannot be bound, or the process has a metrics recorder already.
pub async fn serve(address: SocketAddr) -> Result<(), StartError> {
    let bound = listen::bind("METRICS_ADDR", address).await;
    let listener = bound.map_err(|told| format!("{told}; METRICS_ADDR= (blank) turns it off"))?;
    let numbers = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &BUCKETS)?
        .install_recorder()?;
    describe_counter!(REPORTS, "Reports of browsers, by kind and by the directive that was violated");
    describe_counter!(UNKNOWN_CLIENTS, "Requests whose client has no known address; they share one rate limit");
    describe_gauge!(LIMITS_AWAY, "1 while the shared store of rate limits cannot be asked");
    describe_counter!(LIMIT_OUTAGES, "How often the shared store of rate limits went away");
    let router = Router::new().route("/metrics", get(move || std::future::ready(numbers.render())));
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the metrics listener has failed; metrics are missing until a restart");
        }
    });
    Ok(())
}

/// Counts an answered request.
pub(crate) fn count(path: &str, status: u16, elapsed: Duration) {
    let route = route(path);
    counter!("http_requests_total", "route" => route, "status" => status.to_string()).increment(1);
    histogram!(SECONDS, "route" => route).record(elapsed.as_secs_f64());
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

fn route(path: &str) -> &'static str {
    const FOR_PROGRAMS: [&str; 6] =
        ["/reports", "/robots.txt", "/.well-known/security.txt", "/.well-known/change-password", "/healthz", "/readyz"];
    if let Some(page) = Page::at(path) {
        return page.path();
    }
    if let Some(endpoint) = FOR_PROGRAMS.into_iter().find(|endpoint| *endpoint == path) {
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
    fn every_page_is_counted_by_its_own_name() {
        for page in Page::ALL {
            assert_eq!(route(page.path()), page.path());
        }
        assert_eq!(route("/sign-in/factor-one"), "/sign-in");
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
