//! More connections than the server serves, and thousands that it does.

use crate::support::drill::{is_drill, print_figures};
use crate::support::server_process::{ServerProcess, status};
use futures_util::stream::{self, StreamExt};
use http::StatusCode;
use server::listen::raise_open_files;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The most memory that the server may need for a connection. An idle one needs about 10 KiB.
const KIB_PER_CONNECTION: usize = 32;

/// Opens a connection, asks for a small file and keeps the connection open. The status is `None` if
/// the server closed it without an answer.
async fn ask_and_stay(address: &str) -> (Option<StatusCode>, Option<TcpStream>) {
    let Ok(mut socket) = TcpStream::connect(address).await else { return (None, None) };
    if socket.write_all(b"GET /robots.txt HTTP/1.1\r\nhost: localhost:3000\r\n\r\n").await.is_err() {
        return (None, None);
    }
    let mut answer = Vec::new();
    let reading = async {
        while !answer.windows(4).any(|end| end == b"\r\n\r\n")
            && socket.read_buf(&mut answer).await.is_ok_and(|n| n > 0)
        {}
    };
    tokio::time::timeout(Duration::from_secs(30), reading).await.expect("the server answers or closes");
    (status(&String::from_utf8_lossy(&answer)), Some(socket))
}

/// The resident memory of a process in KiB.
fn memory(process: u32) -> usize {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Asks `/healthz` ten times, and returns the slowest answer.
async fn slowest_health_check(server: &ServerProcess) -> Duration {
    let mut slowest = Duration::ZERO;
    for _ in 0..10 {
        let asked = Instant::now();
        let answer = server.http.get("/healthz").await;
        assert_eq!(answer.map(|(status, _)| status), Some(StatusCode::OK));
        slowest = slowest.max(asked.elapsed());
    }
    slowest
}

/// Opens this many connections at a server with this limit of open files.
async fn hold(number: usize, open_files: Option<usize>) {
    let folder = tempfile::tempdir().unwrap();
    let ulimit = open_files.map(|files| format!("ulimit -n {files};")).unwrap_or_default();
    let server = ServerProcess::start(folder.path(), &ulimit, &[]).await;
    let before = memory(server.id());
    let held: Vec<_> =
        stream::iter(0..number).map(|_| ask_and_stay(&server.http.address)).buffer_unordered(64).collect().await;
    let count = |wanted: Option<StatusCode>| held.iter().filter(|(status, _)| *status == wanted).count();
    let (kept, refused, closed) =
        (count(Some(StatusCode::OK)), count(Some(StatusCode::SERVICE_UNAVAILABLE)), count(None));
    let health = slowest_health_check(&server).await;
    let grown = memory(server.id()).saturating_sub(before);
    let wrong = number - kept - refused - closed;
    let drill = format!("{number} connections, {} open files", open_files.map_or("all".to_owned(), |n| n.to_string()));
    let answers = format!("kept {kept}, refused {refused}, closed {closed}, wrong status {wrong}");
    print_figures(&drill, &format!("{answers}, slowest health check {health:?}, memory {grown} KiB"));
    assert_eq!(wrong, 0);
    // Half of the open files are for connections.
    assert_eq!(kept, open_files.map_or(number, |files| number.min(files / 2)));
    assert!(health < Duration::from_secs(2), "{health:?}");
    assert!(grown < number * KIB_PER_CONNECTION + 16 * 1024, "{grown} KiB");
    drop(held);
    let free = async {
        while !matches!(ask_and_stay(&server.http.address).await, (Some(StatusCode::OK), _)) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), free).await.expect("the next clients are served");
}

#[tokio::test]
async fn connections_beyond_the_limit_are_refused_while_the_others_are_served() {
    // Each connection is an open file of this process too.
    let mine = raise_open_files().saturating_sub(200);
    if is_drill() {
        hold(mine.min(5000), Some(4096)).await;
        hold(mine.min(5000), None).await;
    } else {
        hold(mine.min(700), Some(1024)).await;
    }
}
