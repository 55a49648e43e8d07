//! The metrics. They are collected for the whole process, so this file has one test.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use support::free_port::free_address;
use support::{Caller, TestApp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The lines of one metric.
async fn metric(address: &str, name: &str) -> Vec<String> {
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    socket.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut text = String::new();
    socket.read_to_string(&mut text).await.unwrap();
    text.lines().filter(|line| line.starts_with(name)).map(str::to_owned).collect()
}

#[tokio::test]
async fn an_outage_changes_the_metric_once_and_not_for_each_call() {
    let free = free_address();
    server::metrics_listener::serve(free).await.unwrap();
    let (app, address) = (TestApp::with(&[("REDIS_URL", "redis://127.0.0.1:9/")]).await, free.to_string());
    assert_eq!(
        metric(&address, "rate_limit_store").await,
        ["rate_limit_store_outages_total 0", "rate_limit_store_away 0"]
    );
    for _ in 0..3 {
        app.call(&Caller::admin(), "rename_organization", "name=Engines").await;
        app.call(&Caller::admin(), "list_users", "page=0&query=").await; // example:line users
    }
    assert_eq!(
        metric(&address, "rate_limit_store").await,
        ["rate_limit_store_outages_total 1", "rate_limit_store_away 1"]
    );
}
