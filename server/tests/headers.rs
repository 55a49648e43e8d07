//! Security headers on every response, also on errors and files; nonces; caching; no secret in any
//! response.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use support::{Caller, TestApp, TestResponse};

const ON_EVERYTHING: [&str; 10] = [
    "content-security-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
    "cross-origin-opener-policy",
    "cross-origin-embedder-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "x-request-id",
    "cache-control",
];

async fn get(app: &TestApp, path: &str) -> TestResponse {
    app.send(
        Request::get(path)
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, "__clerk_db_jwt=dvb_test")
            .body(Body::empty())
            .unwrap(),
    )
    .await
}

fn nonce_of_header(response: &TestResponse) -> String {
    let policy = response.header("content-security-policy");
    policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let app = TestApp::new().await;
    let admin = Caller::admin();
    let mut responses = vec![
        app.open(&admin, "/admin").await,
        app.call(&admin, "show_dashboard", "").await,
        app.call(&admin, "nothing", "").await,
    ];
    for path in [
        "/",
        "/sign-in",
        "/sign-out",
        "/admin",
        "/nowhere",
        "/api/rename_organization",
        "/pkg/nothing.js",
        "/favicon.svg",
        "/__clerk/v1/client",
        "/readyz",
    ] {
        responses.push(get(&app, path).await);
    }
    responses.push(
        app.send(Request::builder().method(Method::POST).uri("/api/webhooks/clerk").body(Body::from("{}")).unwrap())
            .await,
    );
    responses.push(app.send(Request::builder().method(Method::TRACE).uri("/").body(Body::empty()).unwrap()).await);
    for response in responses {
        for name in ON_EVERYTHING.iter().filter(|name| **name != "cache-control" || response.status != StatusCode::OK) {
            assert!(!response.header(name).is_empty(), "{name} is missing on {}: {}", response.status, response.body);
        }
        assert!(response.header("strict-transport-security").is_empty(), "HSTS on plain http");
        assert!(response.header("server").is_empty() && response.header("x-powered-by").is_empty());
    }
}

#[tokio::test]
async fn hsts_is_sent_on_https_only() {
    let app = TestApp::with(&[("PUBLIC_ORIGIN", "https://admin.example.com")]).await;
    assert!(get(&app, "/").await.header("strict-transport-security").contains("max-age=63072000"));
}

#[tokio::test]
async fn the_nonce_is_new_for_each_response_and_matches_the_page() {
    let app = TestApp::new().await;
    let (first, second) = (app.open(&Caller::admin(), "/admin").await, app.open(&Caller::admin(), "/admin").await);
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK));
    assert_ne!(nonce_of_header(&first), nonce_of_header(&second));
    let nonces: Vec<_> = first.body.split("nonce=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(!nonces.is_empty() && nonces.iter().all(|nonce| *nonce == nonce_of_header(&first)), "{nonces:?}");
    assert!(!first.body.contains("<script>") && !first.body.contains(" style="), "inline code without nonce");
}

#[tokio::test]
async fn pages_with_personal_data_are_never_cached() {
    let app = TestApp::new().await;
    for path in ["/", "/admin", "/admin/members", "/admin/audit"] {
        assert_eq!(app.open(&Caller::admin(), path).await.header("cache-control"), "private, no-store", "{path}");
    }
}

#[tokio::test]
async fn public_pages_load_only_their_stylesheet() {
    let app = TestApp::new().await;
    for path in ["/", "/sign-out", "/nowhere"] {
        let page = get(&app, path).await;
        for loaded in ["<script src", "modulepreload", "import(", ".wasm", ".js"] {
            assert!(!page.body.contains(loaded), "{path} has {loaded}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn errors_are_html_for_browsers_and_json_for_programs() {
    let app = TestApp::new().await;
    let page = get(&app, "/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.header("content-type").starts_with("text/html") && page.body.contains("<h1"), "{}", page.body);
    let json = app.send(Request::get("/nowhere").body(Body::empty()).unwrap()).await;
    assert_eq!((json.status, json.body.as_str()), (StatusCode::NOT_FOUND, r#"{"error":"not_found"}"#));
}

#[tokio::test]
async fn no_response_contains_a_secret() {
    let app = TestApp::new().await;
    let admin = Caller::admin();
    let mut served = Vec::new();
    for path in ["/", "/admin", "/admin/members", "/admin/audit", "/sign-out", "/nowhere", "/readyz", "/healthz"] {
        served.push(app.open(&admin, path).await);
    }
    for operation in domain::operation::OPERATIONS {
        served.push(app.call(&admin, operation.name, "name=Engines&page=0&user_id=u&role=member&session_id=s").await);
    }
    for response in served {
        let text = format!("{:?}{}", response.headers, response.body);
        for secret in [
            support::SECRET_KEY,
            support::WEBHOOK_SECRET,
            admin.token(),
            "sk_test_",
            "sk_live_",
            "whsec_",
            "postgres://",
            "redis://",
            "sqlite:",
        ] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}
