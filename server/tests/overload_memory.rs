//! The memory that strangers can fill. It is measured for the whole process, so this file has one
//! test.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::{Body, Bytes};
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use http::{Request, StatusCode, header};
use support::{ORIGIN, TestApp};

/// As many as the server serves at once.
const POSTS: usize = 4096;

/// The most resident memory that this process has had, in KiB.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Sends a form of this length, whose body sends these parts of a kilobyte and then never ends.
async fn post(app: &TestApp, length: usize, parts: usize) -> StatusCode {
    let parts = (0..parts).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b'a'; 1024])));
    let body = Body::from_stream(stream::iter(parts).chain(stream::pending()));
    let request = Request::post("/api/rename_organization")
        .header(header::ORIGIN, ORIGIN)
        .header(header::HOST, "localhost:3000")
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, length);
    tower::ServiceExt::oneshot(app.router.clone(), request.body(body).unwrap()).await.unwrap().status()
}

#[tokio::test]
async fn anonymous_posts_with_large_or_slow_bodies_hold_little_memory() {
    let app = TestApp::new().await;
    // The memory of as many requests without a body, and of the test itself.
    let statuses = join_all((0..POSTS).map(|_| post(&app, 8 * 1024, 0))).await;
    assert!(statuses.iter().all(|status| *status == StatusCode::SEE_OTHER));
    let before = peak();
    for (length, parts, expected) in [
        // Short enough to be carried back: the server waits for the rest for two seconds.
        (8 * 1024, 7, StatusCode::SEE_OTHER),
        (16 * 1024, 15, StatusCode::SEE_OTHER),
        (256 * 1024, 255, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let statuses = join_all((0..POSTS).map(|_| post(&app, length, parts))).await;
        assert!(statuses.iter().all(|status| *status == expected), "{length}");
        // The bodies of the first round have 28 MiB. Whole bodies of the last would have 1 GiB.
        let grown = peak().saturating_sub(before);
        assert!(grown < 64 * 1024, "{length}: {grown} KiB");
    }
}
