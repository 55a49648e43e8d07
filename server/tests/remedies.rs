//! The log explains failures with cause and remedy, and the caller learns neither.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderMap, Request, StatusCode, header};
use std::net::SocketAddr;
use support::captured_log::CapturedLog;
use support::{Caller, TestApp, TestResponse, WEBHOOK_SECRET, now_s};
use svix::webhooks::Webhook;

const BODY: &str = r#"{"type":"user.updated","data":{"id":"user_1"}}"#;

/// The headers of a delivery that was signed this many seconds ago.
fn signed(secret: &str, seconds_ago: i64) -> HeaderMap {
    let at = now_s() - seconds_ago;
    let signature = Webhook::new(secret).unwrap().sign("msg_1", at, BODY.as_bytes()).unwrap();
    let mut headers = HeaderMap::new();
    for (name, value) in
        [("svix-id", "msg_1".to_owned()), ("svix-timestamp", at.to_string()), ("svix-signature", signature)]
    {
        headers.insert(name, value.parse().unwrap());
    }
    headers
}

async fn deliver_webhook(app: &TestApp, headers: HeaderMap, body: &str) -> TestResponse {
    let mut request = Request::post("/api/webhooks/clerk").body(Body::from(body.to_owned())).unwrap();
    request.headers_mut().extend(headers);
    app.send(request).await
}

#[tokio::test]
async fn the_cause_of_a_failed_webhook_is_in_the_log_only() {
    let lines = CapturedLog::default();
    let _log = tracing::subscriber::set_default(lines.subscriber());
    let app = TestApp::new().await;
    let other = "whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcg==";
    let without = |name: &str| {
        let mut headers = signed(WEBHOOK_SECRET, 0);
        headers.remove(name);
        headers
    };
    let spaced = BODY.replace(':', ": ");
    for (headers, body, said) in [
        (signed(WEBHOOK_SECRET, 4000), BODY, "seconds ahead of the time of the delivery"),
        (signed(WEBHOOK_SECRET, -4000), BODY, "seconds behind the time of the delivery"),
        (signed(other, 0), BODY, "copy the signing secret of this endpoint"),
        (signed(WEBHOOK_SECRET, 0), &spaced, "the body was changed on the way"),
        (without("svix-id"), BODY, "the header svix-id is missing"),
        (without("svix-timestamp"), BODY, "the header svix-timestamp is missing"),
        (without("svix-signature"), BODY, "the header svix-signature is missing"),
        (HeaderMap::new(), BODY, "is missing"),
    ] {
        let response = deliver_webhook(&app, headers, body).await;
        assert_eq!(
            (response.status, response.body.as_str()),
            (StatusCode::BAD_REQUEST, r#"{"error":"invalid_webhook"}"#)
        );
        let told = lines.take("a webhook was refused");
        assert!(told.len() == 1 && told[0].contains(said), "{said}: {told:?}");
        assert!(!told[0].contains("whsec_b3") && !told[0].contains("user_1"), "{told:?}");
    }
    assert_eq!(deliver_webhook(&app, signed(WEBHOOK_SECRET, 0), BODY).await.status, StatusCode::OK);
}

/// Requests with these headers, from a proxy on this machine and from elsewhere.
async fn send_forwarded(app: &TestApp, forwarded: &[(&str, &str)]) {
    for peer in ["127.0.0.1:4000", "203.0.113.5:4000"] {
        let request = forwarded.iter().fold(Request::get("/"), |request, (name, value)| request.header(*name, *value));
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        app.send(request).await;
    }
}

#[tokio::test]
async fn a_wrong_number_of_proxies_is_logged_once_with_the_remedy() {
    let lines = CapturedLog::default();
    let _log = tracing::subscriber::set_default(lines.subscriber());
    let (one, two) = (("x-forwarded-for", "198.51.100.7"), ("x-forwarded-for", "198.51.100.7, 203.0.113.9"));
    for (hops, headers, words) in [
        ("0", &[][..], ""),
        ("0", &[one], "number of proxies"),
        ("0", &[("x-forwarded-proto", "https")], "number of proxies"),
        ("0", &[("forwarded", "for=198.51.100.7")], "number of proxies"),
        ("1", &[one], ""),
        ("1", &[two], ""),
        ("1", &[("x-forwarded-proto", "https")], "lower TRUSTED_PROXY_HOPS"),
        ("1", &[("x-forwarded-for", "unknown")], "lower TRUSTED_PROXY_HOPS"),
        ("2", &[one], "lower TRUSTED_PROXY_HOPS"),
    ] {
        let app = TestApp::with(&[("TRUSTED_PROXY_HOPS", hops)]).await;
        lines.take("");
        send_forwarded(&app, headers).await;
        let told = lines.take("TRUSTED_PROXY_HOPS");
        assert_eq!(told.len(), usize::from(!words.is_empty()), "{hops} {headers:?}: {told:?}");
        assert!(told.iter().all(|line| line.contains(words)), "{hops} {headers:?}: {told:?}");
    }
}

#[tokio::test]
async fn an_unknown_client_address_is_logged_once() {
    let lines = CapturedLog::default();
    let _log = tracing::subscriber::set_default(lines.subscriber());
    let app = TestApp::new().await;
    for _ in 0..3 {
        app.send(Request::get("/").body(Body::empty()).unwrap()).await;
    }
    assert_eq!(lines.take("the address of a client is unknown").len(), 1);
}

#[tokio::test]
async fn a_proxy_that_terminates_tls_and_is_not_counted_is_logged_at_start() {
    let lines = CapturedLog::default();
    let _log = tracing::subscriber::set_default(lines.subscriber());
    for (hops, expected) in [("0", 1), ("1", 0)] {
        TestApp::with(&[("PUBLIC_ORIGIN", "https://admin.example.com"), ("TRUSTED_PROXY_HOPS", hops)]).await;
        assert_eq!(lines.take("so a proxy is in front of it").len(), expected, "{hops}");
    }
}

async fn report(app: &TestApp, directive: &str, blocked: &str) {
    let body = format!(
        r#"[{{"type":"csp-violation","body":{{"effectiveDirective":"{directive}","blockedURL":"{blocked}"}}}}]"#
    );
    let request = Request::post("/reports").header(header::CONTENT_TYPE, "application/reports+json");
    assert_eq!(app.send(request.body(Body::from(body)).unwrap()).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_policy_that_blocks_clerk_is_logged_once_with_the_setting() {
    let lines = CapturedLog::default();
    let _log = tracing::subscriber::set_default(lines.subscriber());
    let app = TestApp::with(&[("CLERK_PROXY_URL", "/__clerk")]).await;
    for (directive, blocked, words) in [
        ("script-src-elem", "https://clerk.example.com/npm/x", ["script-src-elem", "Frontend API", "CLERK_PROXY_URL"]),
        (
            "connect-src",
            "https://odd-cat-1.clerk.accounts.dev/v1",
            ["connect-src", "another Clerk instance", "CLERK_PUBLISHABLE_KEY"],
        ),
        ("style-src-elem", "inline", ["style-src-elem", "inline style", "src/headers.rs"]),
    ] {
        report(&app, directive, blocked).await;
        let told = lines.take("content security policy");
        assert!(told.len() == 1 && words.iter().all(|word| told[0].contains(word)), "{blocked}: {told:?}");
        assert!(!told[0].contains("odd-cat"), "{told:?}");
        report(&app, directive, blocked).await;
        assert_eq!(lines.take("content security policy"), [""; 0], "{blocked}");
    }
    report(&app, "img-src", "https://blocked.example/x.png").await;
    assert_eq!(lines.take("content security policy"), [""; 0]);
}

#[tokio::test]
async fn a_redis_outage_is_logged_and_the_call_is_refused() {
    let lines = CapturedLog::default();
    let _log = tracing::subscriber::set_default(lines.subscriber());
    let app = TestApp::with(&[("REDIS_URL", "redis://127.0.0.1:9/")]).await;
    let response = app.call(&Caller::admin(), "rename_organization", "name=X").await;
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{}", response.body);
    assert!(!response.header("retry-after").is_empty() && !response.body.contains("edis"), "{}", response.body);
    let told = lines.take("Redis cannot count");
    assert!(told.first().is_some_and(|line| line.contains("check that the Redis of REDIS_URL runs")), "{told:?}");
}

#[tokio::test]
async fn an_unreachable_key_set_is_logged_with_the_remedy() {
    let lines = CapturedLog::default();
    let _log = tracing::subscriber::set_default(lines.subscriber());
    let app = TestApp::with(&[("CLERK_JWT_KEY", "")]).await;
    assert_eq!(app.open(&Caller::admin(), "/admin").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let told = lines.take("the key set could not be fetched");
    assert!(
        told.first().is_some_and(|line| line.contains("CLERK_API_URL") && line.contains("CLERK_JWT_KEY")),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_missing_authorized_party_is_logged_at_start() {
    let lines = CapturedLog::default();
    let _log = tracing::subscriber::set_default(lines.subscriber());
    TestApp::with(&[("CLERK_AUTHORIZED_PARTIES", "https://www.example.com")]).await;
    assert_eq!(lines.take("CLERK_AUTHORIZED_PARTIES leaves PUBLIC_ORIGIN out").len(), 1);
    TestApp::with(&[("CLERK_AUTHORIZED_PARTIES", "https://www.example.com,http://localhost:3000")]).await;
    assert_eq!(lines.take("CLERK_AUTHORIZED_PARTIES"), [""; 0]);
}
