//! What programs look for at fixed addresses, and what search engines are told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Request, StatusCode, header};
use support::{Answer, Person, Town, now_s};

async fn get(town: &Town, path: &str) -> Answer {
    town.send(Request::get(path).header(header::ACCEPT, "*/*").body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn finders_of_a_weakness_are_told_whom_to_ask() {
    let variables = [
        ("SECURITY_CONTACT", "security@example.com, https://example.com/report"),
        ("PUBLIC_ORIGIN", "https://admin.example.com"),
    ];
    let answer = get(&Town::with(&variables).await, "/.well-known/security.txt").await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "text/plain; charset=utf-8"));
    let lines: Vec<_> = answer.body.lines().collect();
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
async fn an_address_on_plain_http_is_not_canonical() {
    let answer =
        get(&Town::with(&[("SECURITY_CONTACT", "tel:+1-201-555-0123")]).await, "/.well-known/security.txt").await;
    assert!(
        answer.body.starts_with("Contact: tel:+1-201-555-0123\n") && !answer.body.contains("Canonical"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn without_a_contact_there_is_no_file() {
    assert_eq!(get(&Town::new().await, "/.well-known/security.txt").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_password_is_changed_at_clerk() {
    let town = Town::new().await;
    let answer = get(&town, "/.well-known/change-password").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, "https://accounts.example.com/user"));
    // A manager of passwords asks for this one too, to learn whether the server says yes to everything.
    let probe = get(&town, "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200").await;
    assert_eq!(probe.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn search_engines_find_the_public_pages_only() {
    let town = Town::new().await;
    let robots = get(&town, "/robots.txt").await;
    assert_eq!((robots.status, robots.header("content-type")), (StatusCode::OK, "text/plain; charset=utf-8"));
    assert!(
        robots.body.starts_with("User-agent: *\n") && robots.body.contains("\nDisallow: /admin\n"),
        "{}",
        robots.body
    );
    let admin = Person::admin();
    for path in ["/admin", "/admin/members", "/sign-in", "/sign-in/factor-one", "/sign-out", "/nowhere", "/healthz"] {
        assert_eq!(town.open(&admin, path).await.header("x-robots-tag"), "noindex", "{path}");
        assert_eq!(get(&town, path).await.header("x-robots-tag"), "noindex", "{path} for nobody");
    }
    assert_eq!(town.call(&admin, "show_dashboard", "").await.header("x-robots-tag"), "noindex");
    for path in ["/", "/robots.txt"] {
        assert_eq!(town.open(&Person::nobody(), path).await.header("x-robots-tag"), "", "{path}");
    }
}
