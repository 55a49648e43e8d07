//! Knock on every door as every kind of caller. The doors are the declarations, so a new operation is knocked on without a line here.

mod support;

use axum::body::Body;
use domain::operation::{Declaration, OPERATIONS};
use domain::permission::Permission;
use http::{Request, StatusCode, header};
use support::{Answer, ORIGIN, Person, Town};

/// A well-formed body for every operation: fields that an operation does not have are ignored.
const BODY: &str =
    "name=Engines&page=0&user_id=user_x&role=member&session_id=sess_x&email_address=a@example.com&invitation_id=inv_x";

/// Operations to which every body is well-formed.
const WITHOUT_INPUT: [&str; 4] = ["show_dashboard", "list_organizations", "list_invitations", "list_roles"];

async fn knock(
    who: &Person,
    status: StatusCode,
    error: &str,
    doors: impl Iterator<Item = &'static &'static Declaration>,
) {
    let town = Town::new().await;
    for door in doors {
        let answer = town.call(who, door.name, BODY).await;
        assert_eq!((answer.status, code(&answer)), (status, error.to_owned()), "{}: {}", door.name, answer.body);
    }
}

fn code(answer: &Answer) -> String {
    answer.json()["error"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn declarations_and_server_functions_are_the_same_set() {
    let _town = Town::new().await;
    server::check_operations().unwrap();
}

#[tokio::test]
async fn nobody_is_refused_everywhere() {
    knock(&Person::nobody(), StatusCode::UNAUTHORIZED, "unauthenticated", OPERATIONS.iter()).await;
}

#[tokio::test]
async fn bad_credentials_are_refused_everywhere() {
    let forged = Person::with_token(&format!("{}x", Person::admin().token()));
    for person in
        [Person::with_token("garbage"), forged, Person::of_another_application(), Person::of_another_instance()]
    {
        knock(&person, StatusCode::UNAUTHORIZED, "unauthenticated", OPERATIONS.iter()).await;
    }
}

#[tokio::test]
async fn expired_and_pending_sessions_are_refused_everywhere() {
    for person in [Person::expired(), Person::pending()] {
        knock(&person, StatusCode::UNAUTHORIZED, "unauthenticated", OPERATIONS.iter()).await;
    }
}

#[tokio::test]
async fn without_the_permission_every_door_is_closed() {
    for person in [Person::without_permission(), Person::without_organization()] {
        knock(&person, StatusCode::FORBIDDEN, "forbidden", OPERATIONS.iter()).await;
    }
}

#[tokio::test]
async fn another_permission_opens_no_door() {
    for permission in Permission::ALL {
        let doors = OPERATIONS.iter().filter(|door| door.permission == permission);
        knock(&Person::with_all_but(permission), StatusCode::FORBIDDEN, "forbidden", doors).await;
    }
}

#[tokio::test]
async fn a_stale_sign_in_is_refused_where_the_declaration_says_so() {
    let needs_fresh = OPERATIONS.iter().filter(|door| door.reverification.is_some());
    knock(&Person::stale(), StatusCode::FORBIDDEN, "reverification", needs_fresh).await;
    let town = Town::new().await;
    for door in OPERATIONS.iter().filter(|door| door.reverification.is_none()) {
        // Clerk is not there in this town; whoever gets as far as asking it was let in.
        let let_in = if door.name == "list_users" { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
        assert_eq!(town.call(&Person::stale(), door.name, BODY).await.status, let_in, "{}", door.name);
    }
}

#[tokio::test]
async fn writes_from_other_sites_are_refused_everywhere() {
    let town = Town::new().await;
    for door in OPERATIONS {
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let mut request = Person::admin().post(&format!("/api/{}", door.name), BODY);
            request.headers_mut().remove(header::ORIGIN);
            request.headers_mut().insert(name, value.parse().unwrap());
            assert_eq!(town.send(request).await.status, StatusCode::FORBIDDEN, "{} {name}: {value}", door.name);
        }
    }
}

#[tokio::test]
async fn a_write_with_cookies_and_without_provenance_is_refused_everywhere() {
    let town = Town::new().await;
    for door in OPERATIONS {
        let mut request = Person::admin().post(&format!("/api/{}", door.name), BODY);
        request.headers_mut().remove(header::ORIGIN);
        assert_eq!(town.send(request).await.status, StatusCode::FORBIDDEN, "{}", door.name);
    }
}

#[tokio::test]
async fn an_oversize_body_is_refused_everywhere() {
    let town = Town::new().await;
    let body = format!("name={}", "a".repeat(300 * 1024));
    for door in OPERATIONS {
        let mut request = Person::admin().post(&format!("/api/{}", door.name), &body);
        request.headers_mut().insert(header::CONTENT_LENGTH, body.len().into());
        assert_eq!(town.send(request).await.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", door.name);
    }
}

#[tokio::test]
async fn malformed_input_is_a_400_without_framework_texts() {
    let town = Town::new().await;
    for door in OPERATIONS.iter().filter(|door| !WITHOUT_INPUT.contains(&door.name)) {
        let answer = town.call(&Person::admin(), door.name, "page=minus%20one&name[x]=1").await;
        assert_eq!(
            (answer.status, code(&answer)),
            (StatusCode::BAD_REQUEST, "invalid_input".to_owned()),
            "{}: {}",
            door.name,
            answer.body
        );
        assert!(!answer.body.contains("missing field") && !answer.body.contains("expected"), "{}", answer.body);
    }
}

#[tokio::test]
async fn the_door_refuses_before_a_byte_of_the_body_is_decoded() {
    let town = Town::new().await;
    let malformed = "page=minus%20one&name[x]=1&user_id[]=2";
    for door in OPERATIONS {
        let mut expected = vec![(Person::nobody(), "unauthenticated"), (Person::without_permission(), "forbidden")];
        expected.extend(door.reverification.map(|_| (Person::stale(), "reverification")));
        for (person, error) in expected {
            assert_eq!(code(&town.call(&person, door.name, malformed).await), error, "{}", door.name);
        }
    }
}

#[tokio::test]
async fn a_page_of_another_organization_is_refused_everywhere_and_costs_nothing() {
    let town = Town::new().await;
    let limit = |door: &Declaration| door.rate_limit.map_or(1, |limit| limit.requests);
    for door in OPERATIONS {
        for another in ["org_neighbours", "", "org_engines%00"] {
            let body = format!("{BODY}&organization_id={another}");
            for _ in 0..=limit(door) / 2 {
                let answer = town.call(&Person::admin(), door.name, &body).await;
                let refused = (StatusCode::CONFLICT, "other_organization".to_owned());
                assert_eq!((answer.status, code(&answer)), refused, "{} {another}", door.name);
                assert!(answer.header("ratelimit").is_empty(), "{}", door.name);
            }
        }
        for fitting in ["", "&organization_id=org_engines"] {
            let status = town.call(&Person::admin(), door.name, &format!("{BODY}{fitting}")).await.status;
            let passes = ![StatusCode::CONFLICT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
            assert!(passes, "{}{fitting}: {status}", door.name);
        }
    }
}

#[tokio::test]
async fn a_page_of_another_organization_is_refused_whatever_its_body_is_called() {
    let town = Town::new().await;
    for kind in ["text/plain", "APPLICATION/X-WWW-FORM-URLENCODED", "application/json", "multipart/form-data", ""] {
        let mut request = Person::admin().post("/api/rename_organization", "name=Gone&organization_id=org_neighbours");
        request.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
        let answer = town.send(request).await;
        assert!([StatusCode::CONFLICT, StatusCode::BAD_REQUEST].contains(&answer.status), "{kind}: {}", answer.status);
    }
    let ours = town.call(&Person::admin(), "show_dashboard", "").await;
    assert!(!ours.body.contains("Gone"), "{}", ours.body);
}

#[tokio::test]
async fn a_page_of_another_organization_is_asked_about_last_before_the_limit() {
    let town = Town::new().await;
    let elsewhere = "organization_id=org_neighbours";
    for door in OPERATIONS.iter().filter(|door| door.reverification.is_some()) {
        for (person, error) in [
            (Person::nobody(), "unauthenticated"),
            (Person::without_permission(), "forbidden"),
            (Person::stale(), "reverification"),
        ] {
            let answer = town.call(&person, door.name, &format!("{BODY}&{elsewhere}")).await;
            assert_eq!(code(&answer), error, "{}", door.name);
        }
        let wrong = "name=&user_id=&role=&session_id=&email_address=&invitation_id=";
        let answer = town.call(&Person::admin(), door.name, &format!("{wrong}&{elsewhere}")).await;
        assert_eq!(code(&answer), "invalid_input", "{}", door.name);
    }
}

#[tokio::test]
async fn the_call_after_the_last_allowed_one_is_refused_with_its_wait() {
    for door in OPERATIONS.iter().filter(|door| door.rate_limit.is_some()) {
        let town = Town::new().await;
        town.early_in_the_minute();
        let limit = door.rate_limit.unwrap();
        for _ in 0..limit.requests {
            let answer = town.call(&Person::admin(), door.name, BODY).await;
            assert_ne!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", door.name);
            assert!(
                answer.header("ratelimit-policy").contains(&format!("\"{}\";q={}", door.name, limit.requests)),
                "{}",
                door.name
            );
        }
        let answer = town.call(&Person::admin(), door.name, BODY).await;
        assert_eq!(
            (answer.status, code(&answer)),
            (StatusCode::TOO_MANY_REQUESTS, "rate_limited".to_owned()),
            "{}",
            door.name
        );
        let wait = answer.json()["retry_after"].as_u64().unwrap();
        assert_eq!(answer.header("retry-after"), wait.to_string());
        assert!((1..=120).contains(&wait), "{wait}");
        assert!(
            answer.header("ratelimit").starts_with(&format!("\"{}\";r=0;t=", door.name)),
            "{}",
            answer.header("ratelimit")
        );
    }
}

#[tokio::test]
async fn an_operation_answers_post_only() {
    let town = Town::new().await;
    for door in OPERATIONS {
        for method in ["GET", "PUT", "DELETE", "PATCH"] {
            let request = Person::admin().on(Request::builder().method(method).uri(format!("/api/{}", door.name)));
            let answer = town.send(request.header(header::ORIGIN, ORIGIN).body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {}", door.name);
        }
    }
}

#[tokio::test]
async fn an_undeclared_path_is_not_there() {
    let town = Town::new().await;
    for path in ["/api/delete_everything", "/api/", "/api", "/api/rename_organization/", "/api//rename_organization"] {
        let answer = town.send(Person::admin().post(path, BODY)).await;
        assert_eq!(
            (answer.status, code(&answer)),
            (StatusCode::NOT_FOUND, "not_found".to_owned()),
            "{path}: {}",
            answer.body
        );
    }
}
