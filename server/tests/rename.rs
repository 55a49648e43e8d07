//! The showcase operation `rename_organization` and its fixed outside contract.

mod support;

use http::StatusCode;
use serde_json::json;
use support::{Caller, TestApp};

const RENAME: &str = "rename_organization";

#[tokio::test]
async fn a_rename_is_stored_and_audited() {
    let app = TestApp::new().await;
    let response = app.call(&Caller::admin(), RENAME, "name=++Difference+Engines+").await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.body);
    assert_eq!(response.json(), json!({ "id": "org_engines", "name": "Difference Engines" }));
    assert_eq!(response.header("cache-control"), "private, no-store");
    let dashboard = app.call(&Caller::admin(), "show_dashboard", "").await.json();
    assert_eq!(dashboard["organization"]["name"], "Difference Engines");
    let audit = app.call(&Caller::admin(), "list_audit", "page=0").await.json();
    assert_eq!((&audit["rows"][0]["operation"], &audit["rows"][0]["outcome"]), (&json!(RENAME), &json!("done")));
    assert_eq!(audit["rows"][0]["change"]["to"], "Difference Engines");
}

#[tokio::test]
async fn invalid_names_are_refused_with_field_and_code() {
    let app = TestApp::new().await;
    let too_long = format!("name={}", "a".repeat(201));
    for (body, code) in [
        ("name=", "required"),
        ("name=+%09+", "required"),
        (too_long.as_str(), "too_long"),
        ("name=a%00b", "control_character"),
    ] {
        let response = app.call(&Caller::admin(), RENAME, body).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(response.json(), json!({ "error": "invalid_input", "fields": { "name": code } }));
    }
    let longest = format!("name={}", "%F0%9F%9B%A1".repeat(200));
    assert_eq!(app.call(&Caller::admin(), RENAME, &longest).await.status, StatusCode::OK);
}

#[tokio::test]
async fn invalid_input_takes_no_budget() {
    let app = TestApp::new().await;
    for _ in 0..10 {
        assert_eq!(app.call(&Caller::admin(), RENAME, "name=").await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(app.call(&Caller::admin(), RENAME, "name=Engines").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_reverification_hint_has_clerks_format() {
    let response = TestApp::new().await.call(&Caller::stale(), RENAME, "name=Engines").await;
    assert_eq!(response.status, StatusCode::FORBIDDEN);
    let hint = json!({ "type": "forbidden", "reason": "reverification-error",
        "metadata": { "reverification": { "level": "second_factor", "afterMinutes": 5 } } });
    assert_eq!(response.json(), json!({ "error": "reverification", "clerk_error": hint }));
}

#[tokio::test]
async fn refusals_are_audited_and_counted() {
    let app = TestApp::new().await;
    for _ in 0..3 {
        app.call(&Caller::stale(), RENAME, "name=Engines").await;
    }
    app.call(&Caller::without_permission(), RENAME, "name=Engines").await;
    app.wait_for_refusals().await;
    let audit = app.call(&Caller::admin(), "list_audit", "page=0").await.json();
    let rows: Vec<_> = audit["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["outcome"].clone(), row["times"].as_u64().unwrap()))
        .collect();
    // The minute may end between the calls; three refusals are then one entry of one and one of
    // two.
    assert_eq!(rows.iter().filter(|(outcome, _)| outcome == "reverification").map(|(_, times)| times).sum::<u64>(), 3);
    assert!(rows.contains(&(json!("forbidden"), 1)), "{rows:?}");
}

#[tokio::test]
async fn another_organization_sees_and_changes_nothing() {
    let app = TestApp::new().await;
    app.call(&Caller::admin(), RENAME, "name=Engines").await;
    let renamed = app.call(&Caller::admin_of_other_organization(), RENAME, "name=Stolen").await.json();
    assert_eq!(renamed["id"], "org_neighbours");
    let ours = app.call(&Caller::admin(), "show_dashboard", "").await.json();
    assert_eq!(ours["organization"]["name"], "Engines");
    let audit = app.call(&Caller::admin_of_other_organization(), "list_audit", "page=0").await;
    assert!(!audit.body.contains("Engines"), "{}", audit.body);
}

#[tokio::test]
async fn a_page_of_the_previous_organization_renames_neither_and_is_audited() {
    let app = TestApp::new().await;
    let response = app.call(&Caller::admin(), RENAME, "name=Stale&organization_id=org_neighbours").await;
    assert_eq!((response.status, response.json()), (StatusCode::CONFLICT, json!({ "error": "other_organization" })));
    for caller in [Caller::admin(), Caller::admin_of_other_organization()] {
        let dashboard = app.call(&caller, "show_dashboard", "").await;
        assert!(!dashboard.body.contains("Stale"), "{}", dashboard.body);
    }
    app.wait_for_refusals().await;
    let audit = app.call(&Caller::admin(), "list_audit", "page=0").await.json();
    assert_eq!(audit["rows"][0]["outcome"], "other_organization");
}

#[tokio::test]
async fn a_user_sees_only_their_own_organizations() {
    let app = TestApp::new().await;
    app.call(&Caller::admin(), RENAME, "name=Engines").await;
    app.call(&Caller::admin_of_other_organization(), RENAME, "name=Neighbours").await;
    let mine = app.call(&Caller::admin(), "list_organizations", "").await.json();
    assert_eq!(mine, json!({ "active": { "id": "org_engines", "name": "Engines" }, "others": [] }));
}

#[tokio::test]
async fn the_sixth_rename_within_a_minute_is_not_stored() {
    let app = TestApp::new().await;
    app.skip_to_fresh_window();
    for n in 1..=6 {
        app.call(&Caller::admin(), RENAME, &format!("name=Name+{n}")).await;
    }
    let dashboard = app.call(&Caller::admin(), "show_dashboard", "").await.json();
    assert_eq!(dashboard["organization"]["name"], "Name 5");
}

#[tokio::test]
async fn a_limiter_outage_refuses_within_a_second_and_changes_nothing() {
    let app = TestApp::with(&[("REDIS_URL", "redis://127.0.0.1:9/")]).await;
    let started = std::time::Instant::now();
    let response = app.call(&Caller::admin(), RENAME, "name=Engines").await;
    assert_eq!(
        (response.status, response.json()),
        (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": "unavailable" }))
    );
    assert!(!response.header("retry-after").is_empty() && response.header("ratelimit").is_empty());
    assert!(started.elapsed() < std::time::Duration::from_millis(1500));
    assert_eq!(app.call(&Caller::admin(), "show_dashboard", "").await.status, StatusCode::OK);
}
