//! Overload: requests beyond the limit get 503 at once, and bodies are read after the policy.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use futures_util::stream::{self, StreamExt};
use http::{Request, StatusCode, header};
use server::layers::RequestLimits;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::drill::print_figures;
use support::{Caller, TestApp};
use tokio::task::JoinSet;

const SOON: Duration = Duration::from_secs(1);

/// An application that serves this many requests at once.
async fn app_with_limit(requests: usize) -> TestApp {
    let mut app = TestApp::new().await;
    let limits = RequestLimits { requests, body_pause: Duration::from_secs(60), ..RequestLimits::default() };
    app.router = server::router_with_limits(&app.state, limits);
    app
}

/// A body that sends one part and then neither ends nor continues.
fn stuck_body() -> Body {
    let begin = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"name="))]);
    Body::from_stream(begin.chain(stream::pending()))
}

fn stuck_post(caller: &Caller) -> Request<Body> {
    let mut request = caller.post("/api/rename_organization", "");
    *request.body_mut() = stuck_body();
    request
}

/// Sends requests that do not end, and waits until all of them are being served. They are reports
/// of different addresses, because a report costs little and has a limit for its address.
async fn fill(app: &TestApp, requests: u32) -> JoinSet<StatusCode> {
    let mut stuck = JoinSet::new();
    let started = Arc::new(AtomicU32::new(0));
    for number in 0..requests {
        let started = Arc::clone(&started);
        let begin = stream::once(async move {
            started.fetch_add(1, Ordering::SeqCst);
            Ok::<_, std::io::Error>(Bytes::from_static(b"["))
        });
        let request = Request::post("/reports").header(header::HOST, "localhost:3000");
        let request = request.header(header::CONTENT_TYPE, "application/reports+json");
        let request = request.extension(ConnectInfo(SocketAddr::from((Ipv4Addr::from_bits(number), 1))));
        let body = Body::from_stream(begin.chain(stream::pending()));
        stuck.spawn(send(app.router.clone(), request.body(body).unwrap()));
    }
    while started.load(Ordering::SeqCst) < requests {
        assert!(stuck.try_join_next().is_none(), "a request has ended");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stuck
}

async fn send(router: Router, request: Request<Body>) -> StatusCode {
    tower::ServiceExt::oneshot(router, request).await.unwrap().status()
}

#[tokio::test]
async fn requests_beyond_the_limit_are_refused_at_once_and_health_answers() {
    let app = app_with_limit(2).await;
    let mut stuck = fill(&app, 2).await;
    let started = Instant::now();
    let refused = app.call(&Caller::admin(), "show_dashboard", "").await;
    assert_eq!(
        (refused.status, refused.body.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, r#"{"error":"unavailable"}"#)
    );
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    let page = app.open(&Caller::anonymous(), "/").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.header("content-type").starts_with("text/html") && !page.header("retry-after").is_empty());
    assert!(!page.header("content-security-policy").is_empty() && !page.header("x-request-id").is_empty());
    for health in ["/healthz", "/readyz"] {
        let answer = app.send(Request::get(health).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{health}: {}", answer.body);
    }
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    assert!(stuck.try_join_next().is_none(), "a request that was being served has ended");
    // A client that hangs up frees its place.
    stuck.shutdown().await;
    assert_eq!(app.call(&Caller::admin(), "show_dashboard", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_real_limit_refuses_the_request_after_it() {
    let limit = RequestLimits::default().requests;
    let app = app_with_limit(limit).await;
    let _stuck = fill(&app, limit.try_into().unwrap()).await;
    let started = Instant::now();
    let refused = app.call(&Caller::admin(), "show_dashboard", "").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(app.send(Request::get("/healthz").body(Body::empty()).unwrap()).await.status, StatusCode::OK);
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    let figures =
        format!("sent {}, held {limit}, refused 1 with 503 in {:?}, wrong status 0", limit + 1, started.elapsed());
    print_figures("stuck requests", &figures);
}

#[tokio::test]
async fn a_body_that_stops_is_refused_with_408() {
    let mut app = TestApp::new().await;
    let limits = RequestLimits { body_pause: Duration::from_millis(100), ..RequestLimits::default() };
    app.router = server::router_with_limits(&app.state, limits);
    let requests = [
        stuck_post(&Caller::admin()),
        Request::post("/api/webhooks/clerk").body(stuck_body()).unwrap(),
        Request::post("/reports").header(header::CONTENT_TYPE, "application/reports+json").body(stuck_body()).unwrap(),
    ];
    for request in requests {
        let path = request.uri().path().to_owned();
        let refused = app.send(request).await;
        let expected = (StatusCode::REQUEST_TIMEOUT, r#"{"error":"request_timeout"}"#);
        assert_eq!((refused.status, refused.body.as_str()), expected, "{path}");
    }
}

/// A body that counts its bytes, and the number of bytes that were read.
fn counted_body(parts: usize) -> (Body, Arc<AtomicUsize>) {
    let read = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&read);
    let parts = stream::iter(0..parts).map(move |_| {
        counted.fetch_add(1024, Ordering::SeqCst);
        Ok::<_, std::io::Error>(Bytes::from_static(&[b'a'; 1024]))
    });
    (Body::from_stream(parts), read)
}

#[tokio::test]
async fn the_body_of_a_refused_caller_is_not_read() {
    let app = TestApp::new().await;
    let stale = Caller::stale();
    for (caller, accept, status) in [
        (Caller::anonymous(), "application/json", StatusCode::UNAUTHORIZED),
        (Caller::without_permission(), "application/json", StatusCode::FORBIDDEN),
        (stale.clone(), "application/json", StatusCode::FORBIDDEN),
        // A page without a length cannot be carried back, so it is not read either.
        (Caller::anonymous(), "text/html", StatusCode::SEE_OTHER),
        (stale, "text/html", StatusCode::SEE_OTHER),
    ] {
        let (body, read) = counted_body(12);
        let mut request = caller.post("/api/rename_organization", "");
        request.headers_mut().insert(header::ACCEPT, accept.parse().unwrap());
        *request.body_mut() = body;
        assert_eq!(app.send(request).await.status, status, "{accept}");
        assert_eq!(read.load(Ordering::SeqCst), 0, "{status} {accept}");
    }
}

#[tokio::test]
async fn a_form_that_never_arrives_delays_the_redirect_to_sign_in_for_seconds_only() {
    let app = TestApp::new().await;
    let mut request = stuck_post(&Caller::anonymous());
    request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    request.headers_mut().insert(header::CONTENT_LENGTH, 500.into());
    let started = Instant::now();
    let refused = app.send(request).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER);
    assert!(refused.header("location").starts_with("/sign-in"), "{}", refused.header("location"));
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

#[tokio::test]
async fn bodies_of_people_have_at_most_16_kib() {
    let app = TestApp::new().await;
    for (bytes, expected) in [(16 * 1024, StatusCode::BAD_REQUEST), (16 * 1024 + 1, StatusCode::PAYLOAD_TOO_LARGE)] {
        let body = format!("name={}", "a".repeat(bytes - 5));
        for with_length in [true, false] {
            let mut request = Caller::admin().post("/api/rename_organization", "");
            *request.body_mut() = Body::from_stream(stream::iter([Ok::<_, std::io::Error>(Bytes::from(body.clone()))]));
            if with_length {
                request.headers_mut().insert(header::CONTENT_LENGTH, body.len().into());
            }
            assert_eq!(app.send(request).await.status, expected, "{bytes} {with_length}");
        }
    }
}
