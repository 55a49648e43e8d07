//! What a browser meets on its way in: introductions, handshakes, the sign-in page, the Frontend API proxy.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Method, Request, StatusCode};
use support::{Answer, Person, Town};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn send(town: &Town, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    town.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_document_of_an_unknown_browser_is_introduced_first_and_nothing_else_is() {
    let town = Town::new().await;
    let answer = send(&town, "/admin?page=2", &[("sec-fetch-dest", "document")]).await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::TEMPORARY_REDIRECT, "no-store"));
    let location = answer.header("location");
    assert!(location.starts_with("https://clerk.example.com/v1/client/handshake?"), "{location}");
    assert!(location.contains("redirect_url=http%3A%2F%2Flocalhost%3A3000%2Fadmin%3Fpage%3D2&"), "{location}");
    assert_eq!(answer.header("x-clerk-auth-reason"), "dev-browser-missing");
    for headers in [&[("sec-fetch-dest", "empty")][..], &[("accept", "application/json")]] {
        assert_eq!(send(&town, "/", headers).await.status, StatusCode::OK, "{headers:?}");
    }
    let request = Request::post("/api/show_dashboard").header("origin", support::ORIGIN).body(Body::empty()).unwrap();
    let call = town.send(request).await;
    assert_eq!((call.status, call.header("x-clerk-auth-reason")), (StatusCode::UNAUTHORIZED, "dev-browser-missing"));
}

#[tokio::test]
async fn a_nonce_that_cannot_be_looked_up_signs_nobody_in_and_leaves_the_address() {
    let town = Town::new().await;
    let path = "/admin?page=2&__clerk_handshake_nonce=unknown";
    let answer = send(&town, path, &[("cookie", "__clerk_db_jwt=x"), ("sec-fetch-dest", "document")]).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::TEMPORARY_REDIRECT, "http://localhost:3000/admin?page=2")
    );
}

#[tokio::test]
async fn cookies_of_another_instance_are_named_and_lead_into_no_loop() {
    let town = Town::new().await;
    let foreign = Person::of_another_instance().token().replacen('.', "A.", 1);
    let answer = send(&town, &format!("/admin?__clerk_handshake={foreign}"), &[("sec-fetch-dest", "document")]).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.body.contains("Clear the cookies of this site"), "{}", answer.body);
}

#[tokio::test]
async fn who_has_something_left_to_do_goes_to_that_first() {
    let town = Town::new().await;
    let answer = town.open(&Person::pending(), "/admin/members").await;
    let location = answer.header("location");
    assert!(location.starts_with("http://localhost:3000/sign-in/tasks?redirect_url="), "{location}");
    let tasks = town.open(&Person::pending(), "/sign-in/tasks").await;
    assert_eq!(tasks.status, StatusCode::OK);
    for back in ["%2Fadmin%2Faudit", "http%3A%2F%2Flocalhost%3A3000%2Fadmin%2Faudit"] {
        let answer = town.open(&Person::pending(), &format!("/sign-in?redirect_url={back}")).await;
        assert_eq!(answer.header("location"), "/sign-in/tasks?redirect_url=%2Fadmin%2Faudit");
        // Clerk's form for sign-in and sign-up has the tasks below both.
        for task in ["tasks", "tasks/choose-organization", "create/tasks/choose-organization"] {
            let page = town.open(&Person::pending(), &format!("/sign-in/{task}?redirect_url={back}")).await;
            assert!(page.body.contains("data-back=\"/admin/audit\""), "{task}: {}", page.body);
            assert!(page.body.contains("<title>Finish signing in – Gatehouse"), "{task}: {}", page.body);
            assert!(page.body.contains("/sign-in/tasks?redirect_url="), "without the form the account portal has it");
        }
    }
    let home = town.open(&Person::pending(), "/").await;
    assert!(home.body.contains("Finish signing in") && home.header("cache-control").contains("no-store"));
}

#[tokio::test]
async fn who_has_something_left_to_do_may_come_in_by_a_link_or_sign_out_instead() {
    let town = Town::new().await;
    let link = town.open(&Person::pending(), "/sign-in?__clerk_ticket=abc&__clerk_status=sign_in").await;
    assert_eq!(link.status, StatusCode::OK);
    assert!(!link.body.contains("/sign-in/tasks"), "{}", link.body);
    let out = town.send(Person::pending().post("/sign-out", "")).await;
    // Nothing answers for Clerk in this town.
    assert_eq!(out.header("location"), "/sign-out?unfinished=true");
    // A token that is left over is worth nothing any more.
    let answer = town.open(&Person::pending(), "/admin").await;
    assert!(answer.header("location").starts_with("http://localhost:3000/sign-in?"), "{}", answer.header("location"));
}

#[tokio::test]
async fn the_sign_in_page_brings_clerks_form_under_its_nonce_and_other_pages_do_not() {
    let town = Town::new().await;
    let answer = town.open(&Person::nobody(), "/sign-in/factor-one?redirect_url=%2Fadmin%2Faudit").await;
    let policy = answer.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    assert!(
        policy.contains(&format!("style-src 'self' 'nonce-{nonce}'")) && policy.contains("worker-src 'self' blob:")
    );
    assert!(policy.contains("connect-src 'self' https://clerk.example.com") && !policy.contains("unsafe-inline"));
    assert!(answer.body.contains(&format!("nonce=\"{nonce}\"")), "{}", answer.body);
    assert!(answer.body.contains("data-back=\"/admin/audit\"") && answer.body.contains(support::PUBLISHABLE_KEY));
    assert!(!answer.body.contains(support::SECRET_KEY));
    let home = town.open(&Person::nobody(), "/").await;
    assert!(!home.body.contains("clerk.js") && !home.header("content-security-policy").contains("blob:"));
}

#[tokio::test]
async fn a_link_that_lets_somebody_in_is_passed_on_whole_and_works_for_whoever_is_signed_in() {
    let town = Town::with(&[("CLERK_SIGN_IN_URL", "https://accounts.example.com/sign-in")]).await;
    for (status, passed_on) in [("&__clerk_status=sign_up", "&__clerk_status=sign_up"), ("", "")] {
        for person in [Person::nobody(), Person::admin()] {
            let answer = town.open(&person, &format!("/sign-in?__clerk_ticket=a%26b{status}")).await;
            let location = answer.header("location");
            assert!(location.starts_with("https://accounts.example.com/sign-in?redirect_url="), "{location}");
            assert!(location.ends_with(&format!("&__clerk_ticket=a%26b{passed_on}")), "{location}");
        }
    }
    let alone = town.open(&Person::nobody(), "/sign-in?__clerk_status=sign_up").await;
    assert!(!alone.header("location").contains("__clerk_status"), "it means nothing without its ticket");
}

#[tokio::test]
async fn who_is_signed_in_sees_the_form_only_to_come_in_as_somebody_else_too() {
    let town = Town::new().await;
    for path in ["/sign-in", "/sign-in/tasks"] {
        assert_eq!(town.open(&Person::admin(), path).await.header("location"), "/admin", "{path}");
    }
    for path in ["/sign-in?add_account=true", "/sign-in/factor-one", "/sign-in/sso-callback"] {
        let answer = town.open(&Person::admin(), path).await;
        assert!(answer.body.contains("data-form=\"another-account\""), "{path}: {}", answer.body);
    }
    let link = town.open(&Person::pending(), "/sign-in/create/sso-callback").await;
    assert!(link.body.contains("data-form=\"another-account\""), "{}", link.body);
    // The second is where Clerk's links by e-mail lead.
    for path in ["/sign-in/factor-one", "/sign-in/verify?__clerk_status=verified"] {
        let nobody = town.open(&Person::nobody(), path).await;
        assert!(nobody.body.contains("data-form=\"sign-in\""), "{path}: {}", nobody.body);
    }
}

#[tokio::test]
async fn a_hostile_way_back_is_not_taken() {
    let town = Town::new().await;
    for back in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "javascript%3Aalert(1)", "%2F%5Cevil.example"] {
        let page = town.open(&Person::nobody(), &format!("/sign-in?redirect_url={back}")).await;
        assert!(page.body.contains("data-back=\"/admin\""), "{back}: {}", page.body);
        let signed_in = town.open(&Person::admin(), &format!("/sign-in?redirect_url={back}")).await;
        assert_eq!(signed_in.header("location"), "/admin", "{back}");
    }
}

#[tokio::test]
async fn a_frontend_api_that_is_down_is_named_in_clerks_words_and_has_a_limit() {
    let town = Town::new().await;
    town.early_in_the_minute();
    let answer = send(&town, "/__clerk/v1/client", &[]).await;
    assert_eq!(
        (answer.status, answer.json()["errors"][0]["code"].as_str()),
        (StatusCode::BAD_GATEWAY, Some("proxy_request_failed"))
    );
    for _ in 1..600 {
        send(&town, "/__clerk/v1/client", &[]).await;
    }
    let refused = send(&town, "/__clerk/v1/client", &[]).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
}

/// A Frontend API that answers once on its first connection, and cuts it in the middle of the next request; its second connection is well.
async fn cuts_once(listener: tokio::net::TcpListener) {
    let mut buffer = vec![0; 8192];
    for answers in [1, usize::MAX] {
        let (mut connection, _) = listener.accept().await.unwrap();
        for number in 0.. {
            if connection.read(&mut buffer).await.unwrap_or(0) == 0 || number == answers {
                break;
            }
            let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
            connection.write_all(answer).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_connection_that_breaks_while_clerk_is_asked_is_replaced_unless_something_may_have_changed() {
    for (method, expected) in [(Method::GET, StatusCode::OK), (Method::POST, StatusCode::BAD_GATEWAY)] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let town = Town::with(&[("CLERK_FAPI_URL", &url)]).await;
        let clerk = tokio::spawn(cuts_once(listener));
        assert_eq!(send(&town, "/__clerk/v1/environment", &[]).await.status, StatusCode::OK);
        let request = Request::builder().method(&method).uri("/__clerk/v1/client").header("host", "localhost:3000");
        let answer = town.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, expected, "{method}");
        clerk.abort();
    }
}
