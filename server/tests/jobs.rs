//! The jobs of a started server: the first sync fills the copy, and the metrics show the runs. They
//! are collected for the whole process, so this file has one test.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use gatehouse::jobs;
use gatehouse::retention::Retention;
use http::StatusCode;
use serde_json::json;
use std::time::Duration;
use support::app_with_clerk::{AppWithClerk, ada};
use support::free_port::free_address;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The lines of the metrics of jobs.
async fn job_metrics(address: &str) -> Vec<String> {
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    socket.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut text = String::new();
    socket.read_to_string(&mut text).await.unwrap();
    text.lines().filter(|line| line.starts_with("job_")).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_start_syncs_in_the_background_and_the_metrics_show_it() {
    let free = free_address();
    server::metrics_listener::serve(free).await.unwrap();
    let with_clerk = AppWithClerk::new().await;
    assert_eq!(with_clerk.call_ok("list_members", "page=0&query=").await["rows"], json!([]), "no webhook came");
    // Clerk does not answer for a while. The server serves meanwhile.
    with_clerk.set_clerk_faults(json!({ "path": "/v1/users/count", "slow_ms": 1500 })).await;
    server::background_jobs::start(&with_clerk.app.state, Retention::default());
    let health = http::Request::get("/healthz").body(axum::body::Body::empty()).unwrap();
    assert_eq!(with_clerk.app.send(health).await.status, StatusCode::OK);
    assert_eq!(with_clerk.call(&ada(), "list_members", "page=0&query=").await.json()["rows"], json!([]));
    let all_have_run = async {
        let expected = ["sync", "prune", "expire", "recount"]
            .map(|job| format!("job_runs_total{{job=\"{job}\",outcome=\"done\"}} 1"));
        loop {
            let lines = job_metrics(&free.to_string()).await;
            if expected.iter().all(|line| lines.iter().any(|found| found == line)) {
                break lines;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let lines = tokio::time::timeout(Duration::from_secs(60), all_have_run).await.unwrap();
    let times = lines.iter().filter(|line| line.starts_with("job_last_run_timestamp_seconds{"));
    assert_eq!(times.count(), 4, "{lines:?}");
    let members = with_clerk.call_ok("list_members", "page=0&query=").await;
    assert!(!members["rows"].as_array().unwrap().is_empty(), "{members}");
    let jobs = jobs::list(&with_clerk.app.state.gate.services().database).await.unwrap();
    let names: Vec<_> = jobs.iter().map(|job| (job.name.as_str(), job.last_outcome.as_deref())).collect();
    assert_eq!(names, ["expire", "prune", "recount", "sync"].map(|name| (name, Some("done"))));
}
