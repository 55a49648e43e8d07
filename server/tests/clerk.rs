//! Handshakes, the sign-in page and the Frontend API proxy, as a browser sees them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::Router;
use axum::body::{Body, Bytes};
use futures_util::stream::{self, StreamExt};
use http::{Method, Request, StatusCode};
use server::layers::RequestLimits;
use std::time::Duration;
use support::{Caller, TestApp, TestResponse};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn send(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> TestResponse {
    let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn only_document_requests_of_unknown_browsers_start_a_handshake() {
    let app = TestApp::new().await;
    let response = send(&app, "/admin?page=2", &[("sec-fetch-dest", "document")]).await;
    assert_eq!((response.status, response.header("cache-control")), (StatusCode::TEMPORARY_REDIRECT, "no-store"));
    let location = response.header("location");
    assert!(location.starts_with("https://clerk.example.com/v1/client/handshake?"), "{location}");
    assert!(location.contains("redirect_url=http%3A%2F%2Flocalhost%3A3000%2Fadmin%3Fpage%3D2&"), "{location}");
    assert_eq!(response.header("x-clerk-auth-reason"), "dev-browser-missing");
    for headers in [&[("sec-fetch-dest", "empty")][..], &[("accept", "application/json")]] {
        assert_eq!(send(&app, "/", headers).await.status, StatusCode::OK, "{headers:?}");
    }
    let request = Request::post("/api/show_dashboard").header("origin", support::ORIGIN).body(Body::empty()).unwrap();
    let call = app.send(request).await;
    assert_eq!((call.status, call.header("x-clerk-auth-reason")), (StatusCode::UNAUTHORIZED, "dev-browser-missing"));
}

#[tokio::test]
async fn cookies_of_another_instance_are_reported_without_a_redirect_loop() {
    let app = TestApp::new().await;
    let foreign = Caller::of_another_instance().token().replacen('.', "A.", 1);
    let response = send(&app, &format!("/admin?__clerk_handshake={foreign}"), &[("sec-fetch-dest", "document")]).await;
    assert_eq!(response.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(response.body.contains("Clear the cookies of this site"), "{}", response.body);
}

#[tokio::test]
async fn a_pending_session_goes_to_its_tasks_first() {
    let app = TestApp::new().await;
    let response = app.open(&Caller::pending(), "/admin/members").await;
    let location = response.header("location");
    assert!(location.starts_with("http://localhost:3000/sign-in/tasks?redirect_url="), "{location}");
    let tasks = app.open(&Caller::pending(), "/sign-in/tasks").await;
    assert_eq!(tasks.status, StatusCode::OK);
    for back in ["%2Fadmin%2Faudit", "http%3A%2F%2Flocalhost%3A3000%2Fadmin%2Faudit"] {
        let response = app.open(&Caller::pending(), &format!("/sign-in?redirect_url={back}")).await;
        assert_eq!(response.header("location"), "/sign-in/tasks?redirect_url=%2Fadmin%2Faudit");
        // Clerk serves the tasks below the sign-in and the sign-up form.
        for task in ["tasks", "tasks/choose-organization", "create/tasks/choose-organization"] {
            let page = app.open(&Caller::pending(), &format!("/sign-in/{task}?redirect_url={back}")).await;
            assert!(page.body.contains("data-back=\"/admin/audit\""), "{task}: {}", page.body);
            assert!(page.body.contains("<title>Finish signing in – "), "{task}: {}", page.body);
            assert!(page.body.contains("/sign-in/tasks?redirect_url="), "without the form the account portal has it");
        }
    }
    let home = app.open(&Caller::pending(), "/").await;
    assert!(home.body.contains("Finish signing in") && home.header("cache-control").contains("no-store"));
}

#[tokio::test]
async fn a_pending_session_may_follow_a_ticket_link_or_sign_out() {
    let app = TestApp::new().await;
    let link = app.open(&Caller::pending(), "/sign-in?__clerk_ticket=abc&__clerk_status=sign_in").await;
    assert_eq!(link.status, StatusCode::OK);
    assert!(!link.body.contains("/sign-in/tasks"), "{}", link.body);
    let out = app.send(Caller::pending().post("/sign-out", "")).await;
    // Nothing answers for Clerk here.
    assert_eq!(out.header("location"), "/sign-out?unfinished=true");
    // A leftover token is no longer valid.
    let response = app.open(&Caller::pending(), "/admin").await;
    assert!(
        response.header("location").starts_with("http://localhost:3000/sign-in?"),
        "{}",
        response.header("location")
    );
}

#[tokio::test]
async fn only_the_sign_in_page_loads_clerks_form_with_its_nonce() {
    let app = TestApp::new().await;
    let response = app.open(&Caller::anonymous(), "/sign-in/factor-one?redirect_url=%2Fadmin%2Faudit").await;
    let policy = response.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    assert!(
        policy.contains(&format!("style-src 'self' 'nonce-{nonce}'")) && policy.contains("worker-src 'self' blob:")
    );
    assert!(policy.contains("connect-src 'self' https://clerk.example.com") && !policy.contains("unsafe-inline"));
    assert!(response.body.contains(&format!("nonce=\"{nonce}\"")), "{}", response.body);
    assert!(response.body.contains("data-back=\"/admin/audit\"") && response.body.contains(support::PUBLISHABLE_KEY));
    assert!(!response.body.contains(support::SECRET_KEY));
    let home = app.open(&Caller::anonymous(), "/").await;
    assert!(!home.body.contains("clerk.js") && !home.header("content-security-policy").contains("blob:"));
}

#[tokio::test]
async fn a_ticket_link_is_forwarded_whole_also_for_signed_in_users() {
    let app = TestApp::with(&[("CLERK_SIGN_IN_URL", "https://accounts.example.com/sign-in")]).await;
    for (status, passed_on) in [("&__clerk_status=sign_up", "&__clerk_status=sign_up"), ("", "")] {
        for caller in [Caller::anonymous(), Caller::admin()] {
            let response = app.open(&caller, &format!("/sign-in?__clerk_ticket=a%26b{status}")).await;
            let location = response.header("location");
            assert!(location.starts_with("https://accounts.example.com/sign-in?redirect_url="), "{location}");
            assert!(location.ends_with(&format!("&__clerk_ticket=a%26b{passed_on}")), "{location}");
        }
    }
    let alone = app.open(&Caller::anonymous(), "/sign-in?__clerk_status=sign_up").await;
    assert!(!alone.header("location").contains("__clerk_status"), "it means nothing without its ticket");
}

#[tokio::test]
async fn a_signed_in_user_sees_the_form_only_to_add_an_account() {
    let app = TestApp::new().await;
    for path in ["/sign-in", "/sign-in/tasks"] {
        assert_eq!(app.open(&Caller::admin(), path).await.header("location"), "/admin", "{path}");
    }
    for path in ["/sign-in?add_account=true", "/sign-in/factor-one", "/sign-in/sso-callback"] {
        let response = app.open(&Caller::admin(), path).await;
        assert!(response.body.contains("data-form=\"another-account\""), "{path}: {}", response.body);
    }
    let link = app.open(&Caller::pending(), "/sign-in/create/sso-callback").await;
    assert!(link.body.contains("data-form=\"another-account\""), "{}", link.body);
    // Clerk's email links lead to the second path.
    for path in ["/sign-in/factor-one", "/sign-in/verify?__clerk_status=verified"] {
        let nobody = app.open(&Caller::anonymous(), path).await;
        assert!(nobody.body.contains("data-form=\"sign-in\""), "{path}: {}", nobody.body);
    }
}

#[tokio::test]
async fn a_hostile_redirect_url_is_ignored() {
    let app = TestApp::new().await;
    for back in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "javascript%3Aalert(1)", "%2F%5Cevil.example"] {
        let page = app.open(&Caller::anonymous(), &format!("/sign-in?redirect_url={back}")).await;
        assert!(page.body.contains("data-back=\"/admin\""), "{back}: {}", page.body);
        let signed_in = app.open(&Caller::admin(), &format!("/sign-in?redirect_url={back}")).await;
        assert_eq!(signed_in.header("location"), "/admin", "{back}");
    }
}

#[tokio::test]
async fn a_frontend_api_outage_is_answered_in_clerks_format_with_a_limit() {
    let app = TestApp::new().await;
    app.skip_to_fresh_window();
    let response = send(&app, "/__clerk/v1/client", &[]).await;
    assert_eq!(
        (response.status, response.json()["errors"][0]["code"].as_str()),
        (StatusCode::BAD_GATEWAY, Some("proxy_request_failed"))
    );
    for _ in 1..600 {
        send(&app, "/__clerk/v1/client", &[]).await;
    }
    let refused = send(&app, "/__clerk/v1/client", &[]).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
}

#[tokio::test]
async fn an_upload_beyond_the_limit_is_the_clients_mistake() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = TestApp::with(&[("CLERK_FAPI_URL", &url)]).await;
    let clerk = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        tokio::io::copy(&mut connection, &mut tokio::io::sink()).await.unwrap();
    });
    let parts = (0..12).map(|_| Ok::<_, std::io::Error>(vec![0_u8; 1024 * 1024]));
    let body = Body::from_stream(stream::iter(parts));
    let request = Request::post("/__clerk/v1/me/profile_image").header("host", "localhost:3000").body(body).unwrap();
    let refused = app.send(request).await;
    assert_eq!(
        (refused.status, refused.json()["errors"][0]["code"].as_str()),
        (StatusCode::PAYLOAD_TOO_LARGE, Some("request_body_too_large"))
    );
    clerk.abort();
}

/// A Frontend API that answers the first request of its first connection and cuts the connection
/// during the second request. Its second connection works.
async fn cuts_once(listener: tokio::net::TcpListener) {
    let mut buffer = vec![0; 8192];
    for responses in [1, usize::MAX] {
        let (mut connection, _) = listener.accept().await.unwrap();
        for number in 0.. {
            if connection.read(&mut buffer).await.unwrap_or(0) == 0 || number == responses {
                break;
            }
            let response = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
            connection.write_all(response).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_broken_connection_to_clerk_is_replaced_for_safe_requests_only() {
    for (method, expected) in [(Method::GET, StatusCode::OK), (Method::POST, StatusCode::BAD_GATEWAY)] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = TestApp::with(&[("CLERK_FAPI_URL", &url)]).await;
        let clerk = tokio::spawn(cuts_once(listener));
        assert_eq!(send(&app, "/__clerk/v1/environment", &[]).await.status, StatusCode::OK);
        let request = Request::builder().method(&method).uri("/__clerk/v1/client").header("host", "localhost:3000");
        let response = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status, expected, "{method}");
        clerk.abort();
    }
}

/// An upload of 64 KiB with a pause in the middle, and its length if it is announced.
fn slow_upload(is_announced: bool, pause: Duration) -> Request<Body> {
    let half = || Ok::<_, std::io::Error>(vec![0_u8; 32 * 1024]);
    let second = stream::once(async move {
        tokio::time::sleep(pause).await;
        half()
    });
    let request = Request::post("/__clerk/v1/me/profile_image").header("host", "localhost:3000");
    let request = if is_announced { request.header("content-length", 64 * 1024) } else { request };
    request.body(Body::from_stream(stream::iter([half()]).chain(second))).unwrap()
}

#[tokio::test]
async fn a_long_upload_has_the_time_that_its_length_needs() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let clerk = Router::new().fallback(async |body: Bytes| body.len().to_string());
    let clerk = tokio::spawn(async move { axum::serve(listener, clerk).await });
    let mut app = TestApp::with(&[("CLERK_FAPI_URL", &url)]).await;
    let limits = RequestLimits { time: Duration::from_millis(200), ..RequestLimits::default() };
    app.router = server::router_with_limits(&app.state, limits);
    let pause = Duration::from_millis(600);
    let uploaded = app.send(slow_upload(true, pause)).await;
    assert_eq!((uploaded.status, uploaded.body.as_str()), (StatusCode::OK, "65536"));
    assert_eq!(app.send(slow_upload(false, pause)).await.status, StatusCode::SERVICE_UNAVAILABLE);
    clerk.abort();
}

#[tokio::test]
async fn long_uploads_have_few_of_all_places() {
    // It accepts connections and never answers.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = TestApp::with(&[("CLERK_FAPI_URL", &url)]).await;
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..65 {
        let router = app.router.clone();
        let request = slow_upload(true, Duration::from_secs(60));
        waiting.spawn(async move { tower::ServiceExt::oneshot(router, request).await.unwrap().status() });
    }
    let first = waiting.join_next().await.unwrap().unwrap();
    assert_eq!(first, StatusCode::SERVICE_UNAVAILABLE);
    assert!(waiting.try_join_next().is_none(), "64 uploads wait");
}
