//! Real sockets: what is slow, idle or too much is closed or refused, and HTTP/2 works.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::Router;
use axum::routing::get;
use server::activity::Patience;
use server::layers::RequestLimits;
use server::listen::{self, SocketLimits};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use support::TestApp;
use support::drill::print_figures;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const HEAD: Duration = Duration::from_millis(400);
const IDLE: Duration = Duration::from_millis(1500);
/// The watch over a connection looks four times in the time for a head.
const LATE: Duration = Duration::from_millis(700);

fn limits() -> SocketLimits {
    let patience = Patience { head: HEAD, idle: IDLE };
    SocketLimits { connections: 100, refusals: 1, patience, refusal_patience: HEAD, ..SocketLimits::APPLICATION }
}

/// Serves a router with these limits until the test ends.
async fn serve(router: Router, limits: SocketLimits) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(listen::serve(listener, router, limits, std::future::pending()));
    address
}

fn small_router() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.unwrap()
}

/// The time until the server closes the connection.
async fn closed_after(socket: &mut TcpStream) -> Duration {
    let started = Instant::now();
    let mut bytes = [0; 1024];
    let reading = async { while socket.read(&mut bytes).await.is_ok_and(|read| read > 0) {} };
    tokio::time::timeout(Duration::from_secs(20), reading).await.unwrap();
    started.elapsed()
}

/// Sends a GET and reads its answer; the connection stays open.
async fn ask(socket: &mut TcpStream, path: &str) -> String {
    socket.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost:3000\r\n\r\n").as_bytes()).await.unwrap();
    read_answer(socket).await
}

/// The head of an answer and the begin of its body.
async fn read_answer(socket: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = tokio::time::timeout(Duration::from_secs(20), socket.read_buf(&mut answer)).await.unwrap();
        assert!(read.unwrap() > 0, "closed after {:?}", String::from_utf8_lossy(&answer));
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn slow_heads_are_closed() {
    let address = serve(small_router(), limits()).await;
    let begins = ["", "GET / HT", "GET / HTTP/1.1\r\nhost: x\r\n", "PRI * HTTP/2.0\r\n"];
    for begin in begins {
        let mut socket = connect(address).await;
        socket.write_all(begin.as_bytes()).await.unwrap();
        let after = closed_after(&mut socket).await;
        assert!((HEAD..HEAD + LATE).contains(&after), "{begin:?}: {after:?}");
    }
    // A byte now and then does not help, on the second request of a connection neither.
    let mut socket = connect(address).await;
    ask(&mut socket, "/").await;
    let started = Instant::now();
    while socket.write_all(b"G").await.is_ok() {
        assert!(started.elapsed() < HEAD + 2 * LATE, "{:?}", started.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    print_figures("slow heads", &format!("sent {0}, closed {0}, wrong status 0", begins.len() + 1));
}

#[tokio::test]
async fn an_idle_connection_is_kept_for_a_while_and_then_closed() {
    let address = serve(small_router(), limits()).await;
    let mut socket = connect(address).await;
    for _ in 0..2 {
        assert!(ask(&mut socket, "/").await.starts_with("HTTP/1.1 200"));
        tokio::time::sleep(HEAD + LATE).await;
    }
    assert!(ask(&mut socket, "/").await.starts_with("HTTP/1.1 200"));
    let after = closed_after(&mut socket).await;
    assert!((IDLE..IDLE + LATE).contains(&after), "{after:?}");
}

#[tokio::test]
async fn a_client_that_does_not_read_its_response_is_closed() {
    const BYTES: usize = 64 * 1024 * 1024;
    let address = serve(Router::new().route("/", get(|| async { vec![0; BYTES] })), limits()).await;
    let mut socket = connect(address).await;
    socket.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    tokio::time::sleep(IDLE + LATE).await;
    let mut read = Vec::new();
    let _ = socket.read_to_end(&mut read).await;
    assert!(read.len() < BYTES, "{}", read.len());
}

#[tokio::test]
async fn a_head_beyond_the_limit_gets_a_431() {
    let address = serve(small_router(), limits()).await;
    for (bytes, status) in [(20 * 1024, "HTTP/1.1 200"), (40 * 1024, "HTTP/1.1 431")] {
        let mut socket = connect(address).await;
        let head = format!("GET / HTTP/1.1\r\nhost: x\r\ncookie: a={}\r\n\r\n", "b".repeat(bytes));
        socket.write_all(head.as_bytes()).await.unwrap();
        let answer = read_answer(&mut socket).await;
        assert!(answer.starts_with(status), "{bytes}: {answer}");
    }
}

#[tokio::test]
async fn a_slow_body_gets_a_408() {
    let app = TestApp::new().await;
    let router = server::router_with_limits(&app.state, RequestLimits { body_pause: HEAD, ..RequestLimits::default() });
    let address = serve(router, limits()).await;
    let mut socket = connect(address).await;
    let fields = "host: localhost:3000\r\ncontent-type: application/reports+json\r\ncontent-length: 100";
    socket.write_all(format!("POST /reports HTTP/1.1\r\n{fields}\r\n\r\n[").as_bytes()).await.unwrap();
    assert!(read_answer(&mut socket).await.starts_with("HTTP/1.1 408"));
    closed_after(&mut socket).await;
}

#[tokio::test]
async fn a_connection_beyond_the_limit_gets_one_refusal_and_health_answers() {
    let app = TestApp::new().await;
    let address = serve(server::router(&app.state), SocketLimits { connections: 2, ..limits() }).await;
    let (mut first, mut second) = (connect(address).await, connect(address).await);
    for served in [&mut first, &mut second] {
        assert!(ask(served, "/").await.starts_with("HTTP/1.1 200"));
    }
    let mut beyond = connect(address).await;
    let answer = ask(&mut beyond, "/").await.to_lowercase();
    for part in ["http/1.1 503", "retry-after: ", "connection: close"] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    closed_after(&mut beyond).await;
    let mut health = connect(address).await;
    assert!(ask(&mut health, "/healthz").await.starts_with("HTTP/1.1 200"));
    closed_after(&mut health).await;
    // The only place for a refusal is taken by a client that sends nothing.
    let _silent = connect(address).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let closed = closed_after(&mut connect(address).await).await;
    assert!(closed < HEAD / 2, "{closed:?}");
    // The place is free again when the server has seen the end of the first connection.
    drop(first);
    let served = async {
        loop {
            let (mut next, mut begin) = (connect(address).await, [0; 12]);
            let asked = next.write_all(b"GET / HTTP/1.1\r\nhost: localhost:3000\r\n\r\n").await;
            if asked.is_ok() && next.read_exact(&mut begin).await.is_ok() && &begin == b"HTTP/1.1 200" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), served).await.unwrap();
}

/// A frame of HTTP/2 (RFC 9113 section 4.1) on stream 0 or 1.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

async fn read_frame(socket: &mut TcpStream) -> (u8, Vec<u8>) {
    let mut head = [0; 9];
    socket.read_exact(&mut head).await.unwrap();
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; usize::try_from(length).unwrap()];
    socket.read_exact(&mut payload).await.unwrap();
    (head[3], payload)
}

/// The kinds of two frames (RFC 9113 section 6).
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;

/// The headers of a GET of this path (RFC 7541 appendix A), without Huffman coding.
fn get_over_http_2(path: &str) -> Vec<u8> {
    let length = u8::try_from(path.len()).unwrap();
    let header = [&[0x82, 0x86, 0x04, length][..], path.as_bytes(), &[0x01, 14], b"localhost:3000"].concat();
    frame(HEADERS, 0x5, 1, &header)
}

#[tokio::test]
async fn a_client_that_gives_a_stream_of_http_2_no_room_is_closed() {
    let address = serve(small_router(), limits()).await;
    let mut socket = connect(address).await;
    socket.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    let no_window = [0, 4, 0, 0, 0, 0];
    socket.write_all(&frame(SETTINGS, 0, 0, &no_window)).await.unwrap();
    socket.write_all(&get_over_http_2("/")).await.unwrap();
    let after = closed_after(&mut socket).await;
    assert!((IDLE - LATE..IDLE + LATE).contains(&after), "{after:?}");
}

#[tokio::test]
async fn http_2_with_prior_knowledge_is_served_within_limits() {
    let app = TestApp::new().await;
    let address = serve(server::router(&app.state), limits()).await;
    let mut socket = connect(address).await;
    socket.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    socket.write_all(&frame(SETTINGS, 0, 0, &[])).await.unwrap();
    let (kind, settings) = read_frame(&mut socket).await;
    assert_eq!(kind, SETTINGS);
    let setting = |id: u16| {
        let found = settings.chunks(6).find(|setting| setting[..2] == id.to_be_bytes());
        found.map(|found| u32::from_be_bytes([found[2], found[3], found[4], found[5]]))
    };
    // SETTINGS_MAX_CONCURRENT_STREAMS, SETTINGS_MAX_HEADER_LIST_SIZE (RFC 9113 section 6.5.2).
    assert_eq!((setting(3), setting(6)), (Some(100), Some(32 * 1024)));
    socket.write_all(&get_over_http_2("/healthz")).await.unwrap();
    let response = loop {
        let (kind, payload) = read_frame(&mut socket).await;
        if kind == HEADERS {
            break payload;
        }
    };
    assert_eq!(response[0], 0x88, "status 200");
    let after = closed_after(&mut socket).await;
    assert!((IDLE - LATE..IDLE + LATE).contains(&after), "{after:?}");
}
