//! The stop of the real binary: readiness, listener, requests, in this order and within bounds.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use http::StatusCode;
use std::time::{Duration, Instant};
use support::server_process::{ServerProcess, read_to_end, status};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Starts the binary with an instance of Clerk that nobody asks. The folder lives as long as the
/// test.
async fn start(origin: &str, ulimit: &str) -> (ServerProcess, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (ServerProcess::start(folder.path(), ulimit, &[("PUBLIC_ORIGIN", origin)]).await, folder)
}

/// Starts a request whose body is not complete.
async fn slow_request(server: &ServerProcess) -> TcpStream {
    let mut socket = TcpStream::connect(&server.http.address).await.unwrap();
    let head = "POST /api/webhooks/clerk HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{";
    socket.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    socket
}

#[tokio::test]
async fn readiness_falls_before_the_listener_closes_and_a_running_request_gets_its_answer() {
    let (server, _folder) = start("https://admin.example.com", "").await;
    assert_eq!(server.http.get("/readyz").await.unwrap().0, StatusCode::OK);
    let mut slow = slow_request(&server).await;
    server.terminate().await;
    let signal = Instant::now();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (code, text) = server.http.get("/readyz").await.unwrap();
    assert_eq!(code, StatusCode::SERVICE_UNAVAILABLE);
    assert!(text.contains(r#"{"server":"stopping"}"#) && text.to_lowercase().contains("retry-after"), "{text}");
    assert_eq!(server.http.get("/healthz").await.unwrap().0, StatusCode::OK, "requests are served meanwhile");
    while server.http.get("/healthz").await.is_some() {
        assert!(signal.elapsed() < Duration::from_secs(7), "the listener stays open");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(signal.elapsed() > Duration::from_secs(4), "a load balancer has time: {:?}", signal.elapsed());
    slow.write_all(b"}").await.unwrap();
    assert_eq!(status(&read_to_end(&mut slow).await), Some(StatusCode::BAD_REQUEST));
    let (code, log) = server.ended(Duration::from_secs(5)).await;
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("cut off"), "{log}");
}

#[tokio::test]
async fn development_stops_without_a_pause_and_a_second_signal_ends_the_server_at_once() {
    let (server, _folder) = start("http://localhost:3000", "").await;
    server.terminate().await;
    assert_eq!(server.ended(Duration::from_secs(2)).await.0, Some(0));

    let (server, _folder) = start("http://localhost:3000", "").await;
    let _slow = slow_request(&server).await;
    server.terminate().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.terminate().await;
    let (code, log) = server.ended(Duration::from_secs(1)).await;
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("the second stop signal has arrived"), "{log}");
}

#[tokio::test]
async fn a_request_that_does_not_end_is_cut_off_and_the_log_says_so() {
    let (server, _folder) = start("http://localhost:3000", "").await;
    let _slow = slow_request(&server).await;
    server.terminate().await;
    let (code, log) = server.ended(Duration::from_secs(10)).await;
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("did not end within 8s of the stop signal and are cut off"), "{log}");
}

#[tokio::test]
async fn too_many_open_files_pause_the_listener_and_do_not_end_it() {
    let (server, _folder) = start("http://localhost:3000", "ulimit -n 36;").await;
    let mut sockets = Vec::new();
    for _ in 0..100 {
        sockets.push(TcpStream::connect(&server.http.address).await.unwrap());
    }
    let used = || {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", server.id())).unwrap();
        let fields: Vec<_> = text.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11..13].iter().map(|ticks| ticks.parse::<u32>().unwrap()).sum::<u32>()
    };
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = used();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(used() - before < 40, "the server spins: {} hundredths of a second in 2 s", used() - before);
    drop(sockets);
    assert_eq!(server.http.get("/healthz").await.unwrap().0, StatusCode::OK);
    server.terminate().await;
    let (code, log) = server.ended(Duration::from_secs(10)).await;
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("connections cannot be accepted"), "{log}");
}
