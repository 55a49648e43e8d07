//! Browser reports: which are accepted, which are refused, and how many.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, StatusCode, header};
use std::net::SocketAddr;
use support::{Caller, ORIGIN, TestApp, TestResponse};

const VIOLATION: &str =
    r#"[{"type":"csp-violation","age":1,"url":"http://localhost:3000/","body":{"effectiveDirective":"img-src"}}]"#;
const OLD_VIOLATION: &str =
    r#"{"csp-report":{"effective-directive":"img-src","blocked-uri":"http://blocked.example/"}}"#;

fn report(content_type: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post("/reports").header(header::CONTENT_TYPE, content_type).body(body.into()).unwrap()
}

fn from(mut request: Request<Body>, address: &str) -> Request<Body> {
    let address: SocketAddr = address.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(address));
    request
}

async fn send(app: &TestApp, content_type: &str, body: &str) -> TestResponse {
    app.send(report(content_type, body.to_owned())).await
}

#[tokio::test]
async fn both_report_formats_are_accepted_with_an_empty_answer() {
    let app = TestApp::new().await;
    for (content_type, body) in [
        ("application/reports+json", VIOLATION),
        ("application/reports+json; charset=utf-8", "[]"),
        ("application/csp-report", OLD_VIOLATION),
    ] {
        let response = send(&app, content_type, body).await;
        assert_eq!((response.status, response.body.as_str()), (StatusCode::NO_CONTENT, ""), "{content_type}");
    }
}

#[tokio::test]
async fn reports_are_accepted_with_any_cookies_and_any_origin() {
    let app = TestApp::new().await;
    let with = |name: &'static str, value: &'static str| {
        let mut request = report("application/csp-report", OLD_VIOLATION);
        request.headers_mut().insert(name, value.parse().unwrap());
        request
    };
    let signed_in =
        Caller::admin().with_cookies(Request::post("/reports")).header(header::CONTENT_TYPE, "application/csp-report");
    for request in [
        with("origin", ORIGIN),
        with("origin", "null"),
        with("sec-fetch-site", "same-origin"),
        with("accept", "text/html"),
        signed_in.body(Body::from(OLD_VIOLATION)).unwrap(),
    ] {
        assert_eq!(app.send(request).await.status, StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn each_kind_of_invalid_report_has_its_own_status() {
    let app = TestApp::new().await;
    let large = format!("[{}]", " ".repeat(16 * 1024));
    for (content_type, body, status, code) in [
        ("application/reports+json", "{}", StatusCode::BAD_REQUEST, "bad_request"),
        ("application/csp-report", VIOLATION, StatusCode::BAD_REQUEST, "bad_request"),
        ("application/json", VIOLATION, StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
        ("text/plain", VIOLATION, StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
        ("application/reports+json", &large, StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
    ] {
        let response = send(&app, content_type, body).await;
        assert_eq!((response.status, &response.json()["error"]), (status, &code.into()), "{content_type} {body:.30}");
    }
    // Until here no request had a Content-Length. A stated length is checked before the body is
    // read.
    let mut told = report("application/reports+json", VIOLATION);
    told.headers_mut().insert(header::CONTENT_LENGTH, "16385".parse().unwrap());
    assert_eq!(app.send(told).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let without_type = Request::post("/reports").body(Body::from(VIOLATION)).unwrap();
    assert_eq!(app.send(without_type).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let read = Request::get("/reports").body(Body::empty()).unwrap();
    assert_eq!(app.send(read).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn reports_are_limited_for_each_client_address() {
    let app = TestApp::new().await;
    app.skip_to_fresh_window();
    for number in 0..60 {
        // All addresses of one /64 count as one client.
        let address = format!("[2001:db8:0:1::{number:x}]:4000");
        let response = app.send(from(report("application/csp-report", OLD_VIOLATION), &address)).await;
        assert_eq!(response.status, StatusCode::NO_CONTENT, "{number}");
    }
    let refused = app.send(from(report("application/csp-report", OLD_VIOLATION), "[2001:db8:0:1::ffff]:4000")).await;
    assert_eq!((refused.status, &refused.json()["error"]), (StatusCode::TOO_MANY_REQUESTS, &"rate_limited".into()));
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    for other in ["[2001:db8:0:2::1]:4000", "203.0.113.5:4000"] {
        let response = app.send(from(report("application/csp-report", OLD_VIOLATION), other)).await;
        assert_eq!(response.status, StatusCode::NO_CONTENT, "{other}");
    }
}
