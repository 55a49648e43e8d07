//! The stop of the real binary: readiness, listener, requests, in this order and within bounds.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use http::StatusCode;
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::caller::test_keys;
use support::{PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET, binary};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A running server.
struct Running {
    child: Child,
    address: String,
    _folder: TempDir,
}

/// Starts the binary with an instance of Clerk that nobody asks, and waits until it answers.
async fn start(origin: &str, ulimit: &str) -> Running {
    let folder = binary::scratch();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let site = binary::site(folder.path());
    let pem = test_keys()["public_key_spki_pem"].as_str().unwrap().to_owned();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{ulimit} exec \"$0\""), env!("CARGO_BIN_EXE_server")]);
    command.current_dir(folder.path()).env_clear().kill_on_drop(true).stdout(Stdio::null()).stderr(Stdio::piped());
    command.envs([
        ("PATH", "/usr/bin:/bin"),
        ("METRICS_ADDR", ""),
        ("PUBLIC_ORIGIN", origin),
        ("LEPTOS_SITE_ADDR", &free.to_string()),
        ("LEPTOS_SITE_ROOT", &site),
        ("CLERK_PUBLISHABLE_KEY", PUBLISHABLE_KEY),
        ("CLERK_SECRET_KEY", SECRET_KEY),
        ("CLERK_JWT_KEY", &pem),
        ("CLERK_API_URL", "http://127.0.0.1:9"),
        ("CLERK_FAPI_URL", "http://127.0.0.1:9"),
        ("CLERK_WEBHOOK_SIGNING_SECRET", WEBHOOK_SECRET),
        ("DATABASE_URL", &format!("sqlite://{}", folder.path().join("g.db").display())),
    ]);
    let running = Running { child: command.spawn().unwrap(), address: free.to_string(), _folder: folder };
    let started = Instant::now();
    while running.get("/healthz").await.is_none() {
        assert!(started.elapsed() < Duration::from_secs(20), "the server does not answer");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    running
}

impl Running {
    /// The status and the text of an answer; `None`: the server does not accept connections.
    async fn get(&self, path: &str) -> Option<(StatusCode, String)> {
        let mut socket = TcpStream::connect(&self.address).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await.ok()?;
        let text = read(&mut socket).await;
        Some((status(&text)?, text))
    }

    /// Starts a request whose body is not complete.
    async fn slow_request(&self) -> TcpStream {
        let mut socket = TcpStream::connect(&self.address).await.unwrap();
        let head = "POST /api/webhooks/clerk HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{";
        socket.write_all(head.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        socket
    }

    async fn terminate(&self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    }

    /// The exit code and the log.
    async fn ended(mut self, within: Duration) -> (Option<i32>, String) {
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        let ended = async {
            let _ = stderr.read_to_string(&mut log).await;
            self.child.wait().await.unwrap().code()
        };
        let code = tokio::time::timeout(within, ended).await.expect("the server ends");
        (code, log)
    }
}

async fn read(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

fn status(answer: &str) -> Option<StatusCode> {
    StatusCode::from_bytes(answer.split(' ').nth(1)?.as_bytes()).ok()
}

#[tokio::test]
async fn readiness_falls_before_the_listener_closes_and_a_running_request_gets_its_answer() {
    let server = start("https://admin.example.com", "").await;
    assert_eq!(server.get("/readyz").await.unwrap().0, StatusCode::OK);
    let mut slow = server.slow_request().await;
    server.terminate().await;
    let signal = Instant::now();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (code, text) = server.get("/readyz").await.unwrap();
    assert_eq!(code, StatusCode::SERVICE_UNAVAILABLE);
    assert!(text.contains(r#"{"server":"stopping"}"#) && text.to_lowercase().contains("retry-after"), "{text}");
    assert_eq!(server.get("/healthz").await.unwrap().0, StatusCode::OK, "requests are served meanwhile");
    while server.get("/healthz").await.is_some() {
        assert!(signal.elapsed() < Duration::from_secs(7), "the listener stays open");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(signal.elapsed() > Duration::from_secs(4), "a load balancer has time: {:?}", signal.elapsed());
    slow.write_all(b"}").await.unwrap();
    assert_eq!(status(&read(&mut slow).await), Some(StatusCode::BAD_REQUEST));
    let (code, log) = server.ended(Duration::from_secs(5)).await;
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("cut off"), "{log}");
}

#[tokio::test]
async fn development_stops_without_a_pause_and_a_second_signal_ends_the_server_at_once() {
    let server = start("http://localhost:3000", "").await;
    server.terminate().await;
    assert_eq!(server.ended(Duration::from_secs(2)).await.0, Some(0));

    let server = start("http://localhost:3000", "").await;
    let _slow = server.slow_request().await;
    server.terminate().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.terminate().await;
    let (code, log) = server.ended(Duration::from_secs(1)).await;
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("the second stop signal has arrived"), "{log}");
}

#[tokio::test]
async fn a_request_that_does_not_end_is_cut_off_and_the_log_says_so() {
    let server = start("http://localhost:3000", "").await;
    let _slow = server.slow_request().await;
    server.terminate().await;
    let (code, log) = server.ended(Duration::from_secs(10)).await;
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("did not end within 8s of the stop signal and are cut off"), "{log}");
}

#[tokio::test]
async fn too_many_open_files_pause_the_listener_and_do_not_end_it() {
    let server = start("http://localhost:3000", "ulimit -n 36;").await;
    let mut sockets = Vec::new();
    for _ in 0..100 {
        sockets.push(TcpStream::connect(&server.address).await.unwrap());
    }
    let used = || {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", server.child.id().unwrap())).unwrap();
        let fields: Vec<_> = text.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11..13].iter().map(|ticks| ticks.parse::<u32>().unwrap()).sum::<u32>()
    };
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = used();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(used() - before < 40, "the server spins: {} hundredths of a second in 2 s", used() - before);
    drop(sockets);
    assert_eq!(server.get("/healthz").await.unwrap().0, StatusCode::OK);
    server.terminate().await;
    let (code, log) = server.ended(Duration::from_secs(10)).await;
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("connections cannot be accepted"), "{log}");
}
