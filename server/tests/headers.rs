//! Security headers on every answer, errors and files included; nonces; caching; nothing secret in anything served.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use support::{Answer, Person, Town};

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

async fn get(town: &Town, path: &str) -> Answer {
    town.send(
        Request::get(path)
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, "__clerk_db_jwt=dvb_town")
            .body(Body::empty())
            .unwrap(),
    )
    .await
}

fn nonce_of_header(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn every_answer_has_them() {
    let town = Town::new().await;
    let admin = Person::admin();
    let mut answers = vec![
        town.open(&admin, "/admin").await,
        town.call(&admin, "show_dashboard", "").await,
        town.call(&admin, "nothing", "").await,
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
        answers.push(get(&town, path).await);
    }
    answers.push(
        town.send(Request::builder().method(Method::POST).uri("/api/webhooks/clerk").body(Body::from("{}")).unwrap())
            .await,
    );
    answers.push(town.send(Request::builder().method(Method::TRACE).uri("/").body(Body::empty()).unwrap()).await);
    for answer in answers {
        for name in ON_EVERYTHING.iter().filter(|name| **name != "cache-control" || answer.status != StatusCode::OK) {
            assert!(!answer.header(name).is_empty(), "{name} is missing on {}: {}", answer.status, answer.body);
        }
        assert!(answer.header("strict-transport-security").is_empty(), "HSTS on plain http");
        assert!(answer.header("server").is_empty() && answer.header("x-powered-by").is_empty());
    }
}

#[tokio::test]
async fn hsts_is_sent_on_https_only() {
    let town = Town::with(&[("PUBLIC_ORIGIN", "https://admin.example.com")]).await;
    assert!(get(&town, "/").await.header("strict-transport-security").contains("max-age=63072000"));
}

#[tokio::test]
async fn the_nonce_differs_each_time_and_equals_the_one_in_the_page() {
    let town = Town::new().await;
    let (first, second) = (town.open(&Person::admin(), "/admin").await, town.open(&Person::admin(), "/admin").await);
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK));
    assert_ne!(nonce_of_header(&first), nonce_of_header(&second));
    let nonces: Vec<_> = first.body.split("nonce=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(!nonces.is_empty() && nonces.iter().all(|nonce| *nonce == nonce_of_header(&first)), "{nonces:?}");
    assert!(!first.body.contains("<script>") && !first.body.contains(" style="), "inline code without nonce");
}

#[tokio::test]
async fn pages_of_somebody_are_never_stored() {
    let town = Town::new().await;
    for path in ["/", "/admin", "/admin/members", "/admin/audit"] {
        assert_eq!(town.open(&Person::admin(), path).await.header("cache-control"), "private, no-store", "{path}");
    }
}

#[tokio::test]
async fn public_pages_load_nothing_but_their_style() {
    let town = Town::new().await;
    for path in ["/", "/sign-out", "/nowhere"] {
        let page = get(&town, path).await;
        for loaded in ["<script src", "modulepreload", "import(", ".wasm", ".js"] {
            assert!(!page.body.contains(loaded), "{path} has {loaded}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn errors_have_the_form_that_fits_who_asked() {
    let town = Town::new().await;
    let page = get(&town, "/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.header("content-type").starts_with("text/html") && page.body.contains("<h1"), "{}", page.body);
    let json = town.send(Request::get("/nowhere").body(Body::empty()).unwrap()).await;
    assert_eq!((json.status, json.body.as_str()), (StatusCode::NOT_FOUND, r#"{"error":"not_found"}"#));
}

#[tokio::test]
async fn nothing_served_holds_a_secret() {
    let town = Town::new().await;
    let admin = Person::admin();
    let mut served = Vec::new();
    for path in ["/", "/admin", "/admin/members", "/admin/audit", "/sign-out", "/nowhere", "/readyz", "/healthz"] {
        served.push(town.open(&admin, path).await);
    }
    for operation in domain::operation::OPERATIONS {
        served.push(town.call(&admin, operation.name, "name=Engines&page=0&user_id=u&role=member&session_id=s").await);
    }
    for answer in served {
        let text = format!("{:?}{}", answer.headers, answer.body);
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
