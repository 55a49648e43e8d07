//! Calls every declared operation as every kind of caller. The list of operations drives the tests,
//! so a new operation is covered without a line here.

mod support;

use axum::body::Body;
use domain::operation::Declaration;
use domain::permission::Permission;
use futures_util::future::join_all;
use http::{Request, StatusCode, header};
use support::inputs::{Input, inputs};
use support::{Caller, ORIGIN, TestApp, TestResponse};

async fn assert_refused(caller: &Caller, status: StatusCode, error: &str, operations: impl IntoIterator<Item = Input>) {
    let app = TestApp::new().await;
    for input in operations {
        let name = input.declaration.name;
        let response = app.call(caller, name, &input.valid_form()).await;
        assert_eq!((response.status, error_code(&response)), (status, error.to_owned()), "{name}: {}", response.body);
    }
}

fn error_code(response: &TestResponse) -> String {
    response.json()["error"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn declarations_are_what_the_server_serves() {
    let _app = TestApp::new().await;
    server::check_declarations().unwrap();
}

#[tokio::test]
async fn every_operation_refuses_anonymous_callers() {
    assert_refused(&Caller::anonymous(), StatusCode::UNAUTHORIZED, "unauthenticated", inputs()).await;
}

#[tokio::test]
async fn every_operation_refuses_bad_credentials() {
    let forged = Caller::with_token(&format!("{}x", Caller::admin().token()));
    for caller in
        [Caller::with_token("garbage"), forged, Caller::of_another_application(), Caller::of_another_instance()]
    {
        assert_refused(&caller, StatusCode::UNAUTHORIZED, "unauthenticated", inputs()).await;
    }
}

#[tokio::test]
async fn every_operation_refuses_expired_and_pending_sessions() {
    for caller in [Caller::expired(), Caller::pending()] {
        assert_refused(&caller, StatusCode::UNAUTHORIZED, "unauthenticated", inputs()).await;
    }
}

#[tokio::test]
async fn every_operation_refuses_callers_without_permissions() {
    for caller in [Caller::without_permission(), Caller::without_organization()] {
        assert_refused(&caller, StatusCode::FORBIDDEN, "forbidden", inputs()).await;
    }
}

#[tokio::test]
async fn every_operation_requires_its_own_permission() {
    for permission in Permission::ALL {
        let operations = inputs().into_iter().filter(|input| input.declaration.permission == permission);
        assert_refused(&Caller::with_all_but(permission), StatusCode::FORBIDDEN, "forbidden", operations).await;
    }
}

#[tokio::test]
async fn a_stale_sign_in_is_refused_where_reverification_is_declared() {
    let (needs_fresh, others): (Vec<_>, Vec<_>) =
        inputs().into_iter().partition(|input| input.declaration.reverification.is_some());
    assert_refused(&Caller::stale(), StatusCode::FORBIDDEN, "reverification", needs_fresh).await;
    let app = TestApp::new().await;
    for input in others {
        let operation = input.declaration;
        // Nothing answers for Clerk here, and no row exists, so 503 and 404 mean that the policy
        // allowed the call. Only the users of the instance are read at Clerk.
        let names_a_row = input.fields.iter().any(|(field, _)| field.ends_with("_id"));
        let is_at_clerk = operation.permission == Permission::ManageUsers && operation.name.contains("_user");
        let accepted = match (is_at_clerk, names_a_row) {
            (true, _) => StatusCode::SERVICE_UNAVAILABLE,
            (false, true) => StatusCode::NOT_FOUND,
            (false, false) => StatusCode::OK,
        };
        assert_eq!(
            app.call(&Caller::stale(), operation.name, &input.valid_form()).await.status,
            accepted,
            "{}",
            operation.name
        );
    }
}

#[tokio::test]
async fn every_operation_refuses_cross_site_requests() {
    let app = TestApp::new().await;
    for input in inputs() {
        let operation = input.declaration;
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let mut request = Caller::admin().post(&format!("/api/{}", operation.name), &input.valid_form());
            request.headers_mut().remove(header::ORIGIN);
            request.headers_mut().insert(name, value.parse().unwrap());
            assert_eq!(app.send(request).await.status, StatusCode::FORBIDDEN, "{} {name}: {value}", operation.name);
        }
    }
}

#[tokio::test]
async fn every_operation_refuses_cookies_without_origin_headers() {
    let app = TestApp::new().await;
    for input in inputs() {
        let operation = input.declaration;
        let mut request = Caller::admin().post(&format!("/api/{}", operation.name), &input.valid_form());
        request.headers_mut().remove(header::ORIGIN);
        assert_eq!(app.send(request).await.status, StatusCode::FORBIDDEN, "{}", operation.name);
    }
}

#[tokio::test]
async fn every_operation_refuses_an_oversize_body() {
    let app = TestApp::new().await;
    let body = format!("name={}", "a".repeat(300 * 1024));
    for input in inputs() {
        let operation = input.declaration;
        let mut request = Caller::admin().post(&format!("/api/{}", operation.name), &body);
        request.headers_mut().insert(header::CONTENT_LENGTH, body.len().into());
        assert_eq!(app.send(request).await.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", operation.name);
    }
}

#[tokio::test]
async fn malformed_input_is_a_400_without_messages_of_the_framework() {
    let app = TestApp::new().await;
    for input in inputs() {
        let (operation, Some(form)) = (input.declaration, input.malformed_form()) else { continue };
        let response = app.call(&Caller::admin(), operation.name, &form).await;
        assert_eq!(
            (response.status, error_code(&response)),
            (StatusCode::BAD_REQUEST, "invalid_input".to_owned()),
            "{}: {}",
            operation.name,
            response.body
        );
        assert!(!response.body.contains("missing field") && !response.body.contains("expected"), "{}", response.body);
    }
}

#[tokio::test]
async fn the_policy_is_checked_before_the_body_is_decoded() {
    let app = TestApp::new().await;
    for input in inputs() {
        let operation = input.declaration;
        let malformed = input.malformed_form().unwrap_or_default();
        let mut expected = vec![(Caller::anonymous(), "unauthenticated"), (Caller::without_permission(), "forbidden")];
        expected.extend(operation.reverification.map(|_| (Caller::stale(), "reverification")));
        for (caller, error) in expected {
            assert_eq!(error_code(&app.call(&caller, operation.name, &malformed).await), error, "{}", operation.name);
        }
    }
}

#[tokio::test]
async fn every_operation_refuses_a_page_of_another_organization_and_takes_no_budget() {
    let app = TestApp::new().await;
    let limit = |operation: &Declaration| operation.rate_limit.map_or(1, |limit| limit.requests);
    for input in inputs() {
        let operation = input.declaration;
        let form = input.valid_form();
        for another in ["org_neighbours", "", "org_engines%00"] {
            let body = format!("{form}&organization_id={another}");
            for _ in 0..=limit(operation) / 2 {
                let response = app.call(&Caller::admin(), operation.name, &body).await;
                let refused = (StatusCode::CONFLICT, "other_organization".to_owned());
                assert_eq!((response.status, error_code(&response)), refused, "{} {another}", operation.name);
                assert!(response.header("ratelimit").is_empty(), "{}", operation.name);
            }
        }
        for fitting in ["", "&organization_id=org_engines"] {
            let status = app.call(&Caller::admin(), operation.name, &format!("{form}{fitting}")).await.status;
            let passes = ![StatusCode::CONFLICT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
            assert!(passes, "{}{fitting}: {status}", operation.name);
        }
    }
}

#[tokio::test]
async fn a_page_of_another_organization_is_refused_with_any_content_type() {
    let app = TestApp::new().await;
    for kind in ["text/plain", "APPLICATION/X-WWW-FORM-URLENCODED", "application/json", "multipart/form-data", ""] {
        let mut request = Caller::admin().post("/api/rename_organization", "name=Gone&organization_id=org_neighbours");
        request.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
        let response = app.send(request).await;
        assert!(
            [StatusCode::CONFLICT, StatusCode::BAD_REQUEST].contains(&response.status),
            "{kind}: {}",
            response.status
        );
    }
    let ours = app.call(&Caller::admin(), "show_dashboard", "").await;
    assert!(!ours.body.contains("Gone"), "{}", ours.body);
}

#[tokio::test]
async fn the_organization_of_the_page_is_checked_after_the_input_and_before_the_limit() {
    let app = TestApp::new().await;
    let elsewhere = "organization_id=org_neighbours";
    for input in inputs().into_iter().filter(|input| input.declaration.reverification.is_some()) {
        let operation = input.declaration;
        let form = input.valid_form();
        for (caller, error) in [
            (Caller::anonymous(), "unauthenticated"),
            (Caller::without_permission(), "forbidden"),
            (Caller::stale(), "reverification"),
        ] {
            let response = app.call(&caller, operation.name, &format!("{form}&{elsewhere}")).await;
            assert_eq!(error_code(&response), error, "{}", operation.name);
        }
        let Some(wrong) = input.invalid_form() else { continue };
        let response = app.call(&Caller::admin(), operation.name, &format!("{wrong}&{elsewhere}")).await;
        assert_eq!(error_code(&response), "invalid_input", "{}", operation.name);
    }
}

#[tokio::test]
async fn every_rate_limit_refuses_the_next_call_and_names_the_wait() {
    for input in inputs().into_iter().filter(|input| input.declaration.rate_limit.is_some()) {
        let operation = input.declaration;
        let app = TestApp::new().await;
        app.skip_to_fresh_window();
        let limit = operation.rate_limit.unwrap();
        let (caller, form) = (Caller::admin(), input.valid_form());
        // At once, because a call that tries Clerk several times in vain takes most of a second.
        for response in join_all((0..limit.requests).map(|_| app.call(&caller, operation.name, &form))).await {
            assert_ne!(response.status, StatusCode::TOO_MANY_REQUESTS, "{}", operation.name);
            assert!(
                response.header("ratelimit-policy").contains(&format!("\"{}\";q={}", operation.name, limit.requests)),
                "{}",
                operation.name
            );
        }
        let response = app.call(&caller, operation.name, &form).await;
        assert_eq!(
            (response.status, error_code(&response)),
            (StatusCode::TOO_MANY_REQUESTS, "rate_limited".to_owned()),
            "{}",
            operation.name
        );
        let wait = response.json()["retry_after"].as_u64().unwrap();
        assert_eq!(response.header("retry-after"), wait.to_string());
        assert!((1..=120).contains(&wait), "{wait}");
        assert!(
            response.header("ratelimit").starts_with(&format!("\"{}\";r=0;t=", operation.name)),
            "{}",
            response.header("ratelimit")
        );
    }
}

#[tokio::test]
async fn every_operation_answers_post_only() {
    let app = TestApp::new().await;
    for input in inputs() {
        let operation = input.declaration;
        for method in ["GET", "PUT", "DELETE", "PATCH"] {
            let request =
                Caller::admin().with_cookies(Request::builder().method(method).uri(format!("/api/{}", operation.name)));
            let response = app.send(request.header(header::ORIGIN, ORIGIN).body(Body::empty()).unwrap()).await;
            assert_eq!(response.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {}", operation.name);
        }
    }
}

#[tokio::test]
async fn an_undeclared_path_answers_404() {
    let app = TestApp::new().await;
    for path in ["/api/delete_everything", "/api/", "/api", "/api/rename_organization/", "/api//rename_organization"] {
        let response = app.send(Caller::admin().post(path, "name=Engines")).await;
        assert_eq!(
            (response.status, error_code(&response)),
            (StatusCode::NOT_FOUND, "not_found".to_owned()),
            "{path}: {}",
            response.body
        );
    }
}
