//! The files that programs expect at fixed paths, and robots.txt.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Request, StatusCode, header};
use support::{Caller, TestApp, TestResponse, now_s};

async fn get(app: &TestApp, path: &str) -> TestResponse {
    app.send(Request::get(path).header(header::ACCEPT, "*/*").body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn security_txt_names_the_contact() {
    let variables = [
        ("SECURITY_CONTACT", "security@example.com, https://example.com/report"),
        ("PUBLIC_ORIGIN", "https://admin.example.com"),
    ];
    let response = get(&TestApp::with(&variables).await, "/.well-known/security.txt").await;
    assert_eq!((response.status, response.header("content-type")), (StatusCode::OK, "text/plain; charset=utf-8"));
    let lines: Vec<_> = response.body.lines().collect();
    assert_eq!(lines[..2], ["Contact: mailto:security@example.com", "Contact: https://example.com/report"]);
    assert_eq!(
        lines[3..],
        ["Preferred-Languages: en", "Canonical: https://admin.example.com/.well-known/security.txt"]
    );
    let expires = lines[2].strip_prefix("Expires: ").unwrap();
    let (year, month, day) = domain::calendar::date(now_s().div_euclid(86_400) + 365);
    assert_eq!(expires, format!("{year:04}-{month:02}-{day:02}T00:00:00Z"));
}

#[tokio::test]
async fn security_txt_has_no_canonical_url_on_plain_http() {
    let response =
        get(&TestApp::with(&[("SECURITY_CONTACT", "tel:+1-201-555-0123")]).await, "/.well-known/security.txt").await;
    assert!(
        response.body.starts_with("Contact: tel:+1-201-555-0123\n") && !response.body.contains("Canonical"),
        "{}",
        response.body
    );
}

#[tokio::test]
async fn without_a_contact_there_is_no_security_txt() {
    assert_eq!(get(&TestApp::new().await, "/.well-known/security.txt").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn change_password_redirects_to_clerk() {
    let app = TestApp::new().await;
    let response = get(&app, "/.well-known/change-password").await;
    assert_eq!(
        (response.status, response.header("location")),
        (StatusCode::FOUND, "https://accounts.example.com/user")
    );
    // Password managers request this path to learn whether the server answers 200 to every path.
    let probe = get(&app, "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200").await;
    assert_eq!(probe.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn robots_txt_allows_public_pages_only() {
    let app = TestApp::new().await;
    let robots = get(&app, "/robots.txt").await;
    assert_eq!((robots.status, robots.header("content-type")), (StatusCode::OK, "text/plain; charset=utf-8"));
    assert!(
        robots.body.starts_with("User-agent: *\n") && robots.body.contains("\nDisallow: /admin\n"),
        "{}",
        robots.body
    );
    let admin = Caller::admin();
    for path in ["/admin", "/admin/members", "/sign-in", "/sign-in/factor-one", "/sign-out", "/nowhere", "/healthz"] {
        assert_eq!(app.open(&admin, path).await.header("x-robots-tag"), "noindex", "{path}");
        assert_eq!(get(&app, path).await.header("x-robots-tag"), "noindex", "{path} for nobody");
    }
    assert_eq!(app.call(&admin, "show_dashboard", "").await.header("x-robots-tag"), "noindex");
    for path in ["/", "/robots.txt"] {
        assert_eq!(app.open(&Caller::anonymous(), path).await.header("x-robots-tag"), "", "{path}");
    }
}
