//! The limits on lookups at Clerk: they protect Clerk's quota and sign nobody out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use axum::extract::{ConnectInfo, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use clerk::publishable_key::PublishableKey;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use support::{Caller, PUBLISHABLE_KEY, TestApp, TestResponse, caller_with};

const OFFICE: &str = "203.0.113.5:4000";

/// Clerk's Backend API with the two lookups. It counts them.
#[derive(Clone, Default)]
struct FakeClerk {
    nonces: Arc<AtomicUsize>,
    refreshes: Arc<AtomicUsize>,
    /// The status of every answer; 0 stands for the usual one.
    status: Arc<AtomicU16>,
    /// The token that a lookup brings.
    token: Arc<Mutex<String>>,
}

impl FakeClerk {
    fn status(&self) -> Option<StatusCode> {
        StatusCode::from_u16(self.status.load(Ordering::SeqCst)).ok()
    }

    fn cookies(&self) -> Value {
        json!([format!("__session={}; Path=/", self.token.lock().unwrap()), "__client_uat=1; Path=/"])
    }
}

async fn payload(
    State(clerk): State<FakeClerk>,
    Query(query): Query<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    clerk.nonces.fetch_add(1, Ordering::SeqCst);
    match clerk.status() {
        Some(status) => (status, Json(json!({ "errors": [{ "code": "fault" }] }))),
        None if query["nonce"] == "known" => (StatusCode::OK, Json(json!({ "directives": clerk.cookies() }))),
        None => (StatusCode::NOT_FOUND, Json(json!({ "errors": [{ "code": "resource_not_found" }] }))),
    }
}

async fn refresh(State(clerk): State<FakeClerk>) -> Json<Value> {
    clerk.refreshes.fetch_add(1, Ordering::SeqCst);
    Json(json!({ "object": "cookies", "cookies": clerk.cookies() }))
}

/// The application, its Clerk, and a clock that stands at the beginning of a minute.
async fn setup() -> (TestApp, FakeClerk) {
    let clerk = FakeClerk::default();
    let router = Router::new()
        .route("/v1/clients/handshake_payload", get(payload))
        .route("/v1/sessions/{id}/refresh", post(refresh))
        .with_state(clerk.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let app = TestApp::with(&[("CLERK_API_URL", &url)]).await;
    skip_to_next_minute(&app);
    (app, clerk)
}

fn skip_to_next_minute(app: &TestApp) {
    let left_ms = 60_000 - app.state.clock.now_ms().rem_euclid(60_000);
    app.state.clock.turned_by_ms().fetch_add(left_ms + 50, Ordering::SeqCst);
}

/// A visitor whose token was issued this many seconds ago on the clock of the application.
fn visitor(app: &TestApp, number: usize, age_s: i64) -> Caller {
    let issued = app.state.clock.now_ms() / 1000 - age_s;
    caller_with(|claims| {
        claims["sub"] = format!("user_{number}").into();
        claims["sid"] = format!("sess_{number}").into();
        (claims["iat"], claims["nbf"], claims["exp"]) = (issued.into(), (issued - 10).into(), (issued + 60).into());
    })
}

fn document(caller: &Caller, path: &str) -> http::request::Builder {
    caller.with_cookies(Request::get(path)).header(header::ACCEPT, "text/html").header("sec-fetch-dest", "document")
}

/// Sends a request from an address; without one, the application does not know the client.
async fn from(app: &TestApp, address: Option<&str>, request: http::request::Builder) -> TestResponse {
    let mut request = request.body(Body::empty()).unwrap();
    if let Some(address) = address {
        let address: SocketAddr = address.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(address));
    }
    app.send(request).await
}

async fn bogus(app: &TestApp, address: Option<&str>) -> StatusCode {
    from(app, address, document(&Caller::anonymous(), "/?__clerk_handshake_nonce=x")).await.status
}

/// Uses up the budget of one address for handshakes within 20 seconds, which stays below the
/// ceiling for all. The other 40 seconds of the minute are for the test.
async fn use_up(app: &TestApp, address: Option<&str>) {
    skip_to_next_minute(app);
    for number in 0..60 {
        assert_eq!(bogus(app, address).await, StatusCode::TEMPORARY_REDIRECT, "{number}");
        if number % 3 == 0 {
            app.advance_clock(1);
        }
    }
    assert_eq!(bogus(app, address).await, StatusCode::TOO_MANY_REQUESTS);
}

/// Adds a refresh token to the cookies of a request.
fn with_refresh_token(caller: &Caller, path: &str) -> http::request::Builder {
    let suffix = PublishableKey::parse(PUBLISHABLE_KEY).unwrap().cookie_suffix().to_owned();
    let cookies =
        format!("__session={}; __client_uat=1; __clerk_db_jwt=dvb_test; __refresh_{suffix}=good", caller.token());
    Request::get(path).header(header::COOKIE, cookies)
}

fn assert_page_429(response: &TestResponse) {
    assert_eq!(response.status, StatusCode::TOO_MANY_REQUESTS, "{}", response.body);
    assert!(response.header("content-type").starts_with("text/html"), "{}", response.header("content-type"));
    assert!(response.body.contains("Too many requests"), "{}", response.body);
    assert!(response.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert!(response.header("ratelimit").contains("r=0") && !response.header("ratelimit-policy").is_empty());
    // No cookie is cleared, and there is no way into a loop.
    assert_eq!((response.header("set-cookie"), response.header("location")), ("", ""));
}

#[tokio::test]
async fn an_unknown_handshake_nonce_signs_nobody_in_and_leaves_the_url() {
    let (app, _clerk) = setup().await;
    let request = document(&Caller::anonymous(), "/admin?page=2&__clerk_handshake_nonce=unknown");
    let response = from(&app, Some(OFFICE), request).await;
    assert_eq!(
        (response.status, response.header("location")),
        (StatusCode::TEMPORARY_REDIRECT, "http://localhost:3000/admin?page=2")
    );
}

#[tokio::test]
async fn bogus_nonces_of_one_visitor_sign_nobody_out_in_an_office_of_100() {
    let (app, clerk) = setup().await;
    use_up(&app, Some(OFFICE)).await;
    assert_eq!(clerk.nonces.load(Ordering::SeqCst), 60);
    for number in 0..100 {
        let signed_in = visitor(&app, number, 5);
        let page = from(&app, Some(OFFICE), document(&signed_in, "/admin/audit")).await;
        assert_eq!(page.status, StatusCode::OK, "{number}: {}", page.header("x-clerk-auth-reason"));
        // The link of the attacker does not harm somebody with a valid session either.
        let link = from(&app, Some(OFFICE), document(&signed_in, "/admin/audit?__clerk_handshake_nonce=x")).await;
        assert_eq!((link.status, link.header("set-cookie")), (StatusCode::OK, ""), "{number}");
        let back = visitor(&app, number, 90);
        *clerk.token.lock().unwrap() = signed_in.token().to_owned();
        let refreshed = with_refresh_token(&back, "/admin/audit").header("sec-fetch-dest", "document");
        let refreshed = from(&app, Some(OFFICE), refreshed).await;
        assert_eq!(refreshed.status, StatusCode::OK, "{number}: {}", refreshed.header("x-clerk-auth-reason"));
        assert!(refreshed.header("set-cookie").starts_with("__session="), "{number}");
    }
    assert_eq!(clerk.nonces.load(Ordering::SeqCst), 60);
}

#[tokio::test]
async fn a_handshake_beyond_the_budget_answers_429_and_works_after_the_window() {
    let (app, clerk) = setup().await;
    use_up(&app, Some(OFFICE)).await;
    let back = |app: &TestApp| document(&visitor(app, 1, 90), "/admin?__clerk_handshake_nonce=known");
    assert_page_429(&from(&app, Some(OFFICE), back(&app)).await);
    app.advance_clock(120);
    *clerk.token.lock().unwrap() = visitor(&app, 1, 5).token().to_owned();
    let done = from(&app, Some(OFFICE), back(&app)).await;
    assert_eq!(done.status, StatusCode::TEMPORARY_REDIRECT, "{}", done.body);
    assert_eq!(done.header("location"), "http://localhost:3000/admin");
    assert!(done.header("set-cookie").starts_with("__session="), "{}", done.header("set-cookie"));
}

#[tokio::test]
async fn each_network_has_one_budget_and_unknown_clients_have_their_own() {
    let (app, _clerk) = setup().await;
    use_up(&app, Some("[2001:db8:0:1::1]:4000")).await;
    let neighbour = Some("[2001:db8:0:1:ffff:ffff:ffff:ffff]:1");
    assert_eq!(bogus(&app, neighbour).await, StatusCode::TOO_MANY_REQUESTS);
    for other in [Some("[2001:db8:0:2::1]:4000"), Some(OFFICE), None] {
        assert_eq!(bogus(&app, other).await, StatusCode::TEMPORARY_REDIRECT, "{other:?}");
    }
    app.advance_clock(120);
    use_up(&app, Some(OFFICE)).await;
    assert_eq!(bogus(&app, Some("[::ffff:203.0.113.5]:4000")).await, StatusCode::TOO_MANY_REQUESTS);
    app.advance_clock(120);
    use_up(&app, None).await;
    assert_eq!(bogus(&app, Some(OFFICE)).await, StatusCode::TEMPORARY_REDIRECT);
}

#[tokio::test]
async fn all_addresses_together_stay_under_the_global_ceiling() {
    let (app, clerk) = setup().await;
    for number in 0..50 {
        assert_eq!(bogus(&app, Some(&format!("198.51.100.{number}:1"))).await, StatusCode::TEMPORARY_REDIRECT);
    }
    let refused = from(&app, Some(OFFICE), document(&Caller::anonymous(), "/?__clerk_handshake_nonce=x")).await;
    assert_page_429(&refused);
    assert!(refused.header("ratelimit-policy").contains("q=50;w=10"), "{}", refused.header("ratelimit-policy"));
    assert_eq!(clerk.nonces.load(Ordering::SeqCst), 50);
    // Refreshes do not count against it.
    *clerk.token.lock().unwrap() = visitor(&app, 1, 5).token().to_owned();
    let refreshed = from(&app, Some(OFFICE), with_refresh_token(&visitor(&app, 1, 90), "/admin/audit")).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.header("x-clerk-auth-reason"));
    app.advance_clock(20);
    assert_eq!(bogus(&app, Some(OFFICE)).await, StatusCode::TEMPORARY_REDIRECT);
}

#[tokio::test]
async fn refreshes_are_limited_for_each_session_as_a_page_and_as_json() {
    let (app, clerk) = setup().await;
    let (session, other) = (visitor(&app, 1, 90), visitor(&app, 2, 90));
    *clerk.token.lock().unwrap() = visitor(&app, 1, 5).token().to_owned();
    for _ in 0..60 {
        assert_eq!(from(&app, Some(OFFICE), with_refresh_token(&session, "/")).await.status, StatusCode::OK);
    }
    let page =
        with_refresh_token(&session, "/").header(header::ACCEPT, "text/html").header("sec-fetch-dest", "document");
    assert_page_429(&from(&app, Some("198.51.100.1:1"), page).await);
    for path in ["/", "/api/show_dashboard"] {
        // A browser that opens an operation gets JSON too.
        let accept = if path == "/" { "application/json" } else { "text/html" };
        let call = with_refresh_token(&session, path).header(header::ACCEPT, accept);
        let refused = from(&app, Some(OFFICE), call).await;
        let retry_after = refused.header("retry-after").parse::<u64>().unwrap();
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert_eq!(refused.json(), json!({ "error": "rate_limited", "retry_after": retry_after }), "{path}");
        assert!(refused.header("ratelimit-policy").contains("q=60;w=60") && refused.header("set-cookie").is_empty());
    }
    assert_eq!(from(&app, Some(OFFICE), with_refresh_token(&other, "/")).await.status, StatusCode::OK);
    assert_eq!(clerk.refreshes.load(Ordering::SeqCst), 61);
}

#[tokio::test]
async fn only_documents_cause_the_lookup_of_a_nonce() {
    let (app, clerk) = setup().await;
    let visitor = visitor(&app, 1, 5);
    let cookies =
        format!("__session={}; __client_uat=1; __clerk_db_jwt=x; __clerk_handshake_nonce=known", visitor.token());
    for destination in ["empty", "image", "script"] {
        let request =
            Request::get("/admin/audit").header(header::COOKIE, &cookies).header("sec-fetch-dest", destination);
        let response = from(&app, Some(OFFICE), request).await;
        assert_eq!((response.status, response.header("set-cookie")), (StatusCode::OK, ""), "{destination}");
    }
    assert_eq!(clerk.nonces.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_clerk_that_is_busy_or_down_is_asked_once_and_signs_nobody_out() {
    let (app, clerk) = setup().await;
    for status in [429, 500, 503] {
        clerk.status.store(status, Ordering::SeqCst);
        clerk.nonces.store(0, Ordering::SeqCst);
        let back = document(&Caller::anonymous(), "/admin?__clerk_handshake_nonce=known");
        let response = from(&app, Some(OFFICE), back).await;
        assert_eq!((response.status, response.header("set-cookie")), (StatusCode::SERVICE_UNAVAILABLE, ""), "{status}");
        assert!(!response.header("retry-after").is_empty() && response.header("location").is_empty(), "{status}");
        assert_eq!(clerk.nonces.load(Ordering::SeqCst), 1, "{status}");
        let beside = document(&visitor(&app, 1, 5), "/admin/audit?__clerk_handshake_nonce=known");
        assert_eq!(from(&app, Some(OFFICE), beside).await.status, StatusCode::OK, "{status}");
    }
}
