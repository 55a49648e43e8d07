//! Reports of browsers: what is taken, what is refused, and what becomes of it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, StatusCode, header};
use std::net::SocketAddr;
use support::{Answer, ORIGIN, Person, Town};

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

async fn send(town: &Town, content_type: &str, body: &str) -> Answer {
    town.send(report(content_type, body.to_owned())).await
}

#[tokio::test]
async fn both_formats_are_taken_and_answered_with_nothing() {
    let town = Town::new().await;
    for (content_type, body) in [
        ("application/reports+json", VIOLATION),
        ("application/reports+json; charset=utf-8", "[]"),
        ("application/csp-report", OLD_VIOLATION),
    ] {
        let answer = send(&town, content_type, body).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NO_CONTENT, ""), "{content_type}");
    }
}

#[tokio::test]
async fn a_browser_reports_with_and_without_cookies_and_whatever_it_says_of_its_origin() {
    let town = Town::new().await;
    let with = |name: &'static str, value: &'static str| {
        let mut request = report("application/csp-report", OLD_VIOLATION);
        request.headers_mut().insert(name, value.parse().unwrap());
        request
    };
    let signed_in =
        Person::admin().on(Request::post("/reports")).header(header::CONTENT_TYPE, "application/csp-report");
    for request in [
        with("origin", ORIGIN),
        with("origin", "null"),
        with("sec-fetch-site", "same-origin"),
        with("accept", "text/html"),
        signed_in.body(Body::from(OLD_VIOLATION)).unwrap(),
    ] {
        assert_eq!(town.send(request).await.status, StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn whatever_is_no_report_is_refused_by_its_own_status() {
    let town = Town::new().await;
    let large = format!("[{}]", " ".repeat(16 * 1024));
    for (content_type, body, status, code) in [
        ("application/reports+json", "{}", StatusCode::BAD_REQUEST, "bad_request"),
        ("application/csp-report", VIOLATION, StatusCode::BAD_REQUEST, "bad_request"),
        ("application/json", VIOLATION, StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
        ("text/plain", VIOLATION, StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
        ("application/reports+json", &large, StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
    ] {
        let answer = send(&town, content_type, body).await;
        assert_eq!((answer.status, &answer.json()["error"]), (status, &code.into()), "{content_type} {body:.30}");
    }
    // The length was not told so far; one that is told is believed before anything is read.
    let mut told = report("application/reports+json", VIOLATION);
    told.headers_mut().insert(header::CONTENT_LENGTH, "16385".parse().unwrap());
    assert_eq!(town.send(told).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let without_type = Request::post("/reports").body(Body::from(VIOLATION)).unwrap();
    assert_eq!(town.send(without_type).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let read = Request::get("/reports").body(Body::empty()).unwrap();
    assert_eq!(town.send(read).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_requester_who_sends_too_many_waits_and_others_do_not() {
    let town = Town::new().await;
    town.early_in_the_minute();
    for number in 0..60 {
        // Every address of a /64 is one requester.
        let address = format!("[2001:db8:0:1::{number:x}]:4000");
        let answer = town.send(from(report("application/csp-report", OLD_VIOLATION), &address)).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{number}");
    }
    let refused = town.send(from(report("application/csp-report", OLD_VIOLATION), "[2001:db8:0:1::ffff]:4000")).await;
    assert_eq!((refused.status, &refused.json()["error"]), (StatusCode::TOO_MANY_REQUESTS, &"rate_limited".into()));
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    for other in ["[2001:db8:0:2::1]:4000", "203.0.113.5:4000"] {
        let answer = town.send(from(report("application/csp-report", OLD_VIOLATION), other)).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{other}");
    }
}
