//! The showcase operation against the outside contract, and what it leaves behind.

mod support;

use http::StatusCode;
use serde_json::json;
use support::{Person, Town};

const RENAME: &str = "rename_organization";

#[tokio::test]
async fn a_rename_is_answered_stored_and_written_down() {
    let town = Town::new().await;
    let answer = town.call(&Person::admin(), RENAME, "name=++Difference+Engines+").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.json(), json!({ "id": "org_engines", "name": "Difference Engines" }));
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let dashboard = town.call(&Person::admin(), "show_dashboard", "").await.json();
    assert_eq!(dashboard["organization"]["name"], "Difference Engines");
    let audit = town.call(&Person::admin(), "list_audit", "page=0").await.json();
    assert_eq!((&audit["rows"][0]["operation"], &audit["rows"][0]["outcome"]), (&json!(RENAME), &json!("done")));
    assert_eq!(audit["rows"][0]["change"]["to"], "Difference Engines");
}

#[tokio::test]
async fn wrong_names_are_refused_by_field_and_code() {
    let town = Town::new().await;
    let too_long = format!("name={}", "a".repeat(201));
    for (body, code) in [
        ("name=", "required"),
        ("name=+%09+", "required"),
        (too_long.as_str(), "too_long"),
        ("name=a%00b", "control_character"),
    ] {
        let answer = town.call(&Person::admin(), RENAME, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.json(), json!({ "error": "invalid_input", "fields": { "name": code } }));
    }
    let longest = format!("name={}", "%F0%9F%9B%A1".repeat(200));
    assert_eq!(town.call(&Person::admin(), RENAME, &longest).await.status, StatusCode::OK);
}

#[tokio::test]
async fn wrong_input_does_not_cost_a_call() {
    let town = Town::new().await;
    for _ in 0..10 {
        assert_eq!(town.call(&Person::admin(), RENAME, "name=").await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(town.call(&Person::admin(), RENAME, "name=Engines").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_step_up_hint_is_the_one_that_clerk_understands() {
    let answer = Town::new().await.call(&Person::stale(), RENAME, "name=Engines").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let hint = json!({ "type": "forbidden", "reason": "reverification-error",
        "metadata": { "reverification": { "level": "second_factor", "afterMinutes": 5 } } });
    assert_eq!(answer.json(), json!({ "error": "reverification", "clerk_error": hint }));
}

#[tokio::test]
async fn refusals_stand_in_the_audit_log_counted() {
    let town = Town::new().await;
    for _ in 0..3 {
        town.call(&Person::stale(), RENAME, "name=Engines").await;
    }
    town.call(&Person::without_permission(), RENAME, "name=Engines").await;
    town.settle().await;
    let audit = town.call(&Person::admin(), "list_audit", "page=0").await.json();
    let rows: Vec<_> = audit["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["outcome"].clone(), row["times"].as_u64().unwrap()))
        .collect();
    // The minute may end in between, then three become one and two.
    assert_eq!(rows.iter().filter(|(outcome, _)| outcome == "reverification").map(|(_, times)| times).sum::<u64>(), 3);
    assert!(rows.contains(&(json!("forbidden"), 1)), "{rows:?}");
}

#[tokio::test]
async fn a_neighbour_sees_and_changes_nothing_of_ours() {
    let town = Town::new().await;
    town.call(&Person::admin(), RENAME, "name=Engines").await;
    let renamed = town.call(&Person::neighbour(), RENAME, "name=Stolen").await.json();
    assert_eq!(renamed["id"], "org_neighbours");
    let ours = town.call(&Person::admin(), "show_dashboard", "").await.json();
    assert_eq!(ours["organization"]["name"], "Engines");
    let audit = town.call(&Person::neighbour(), "list_audit", "page=0").await;
    assert!(!audit.body.contains("Engines"), "{}", audit.body);
}

#[tokio::test]
async fn a_page_of_the_organization_before_renames_neither_and_the_log_has_it() {
    let town = Town::new().await;
    let answer = town.call(&Person::admin(), RENAME, "name=Stale&organization_id=org_neighbours").await;
    assert_eq!((answer.status, answer.json()), (StatusCode::CONFLICT, json!({ "error": "other_organization" })));
    for person in [Person::admin(), Person::neighbour()] {
        let dashboard = town.call(&person, "show_dashboard", "").await;
        assert!(!dashboard.body.contains("Stale"), "{}", dashboard.body);
    }
    town.settle().await;
    let audit = town.call(&Person::admin(), "list_audit", "page=0").await.json();
    assert_eq!(audit["rows"][0]["outcome"], "other_organization");
}

#[tokio::test]
async fn a_person_is_told_the_names_of_their_own_organizations_only() {
    let town = Town::new().await;
    town.call(&Person::admin(), RENAME, "name=Engines").await;
    town.call(&Person::neighbour(), RENAME, "name=Neighbours").await;
    let mine = town.call(&Person::admin(), "list_organizations", "").await.json();
    assert_eq!(mine, json!({ "active": { "id": "org_engines", "name": "Engines" }, "others": [] }));
}

#[tokio::test]
async fn the_sixth_name_within_a_minute_is_not_stored() {
    let town = Town::new().await;
    town.early_in_the_minute();
    for n in 1..=6 {
        town.call(&Person::admin(), RENAME, &format!("name=Name+{n}")).await;
    }
    let dashboard = town.call(&Person::admin(), "show_dashboard", "").await.json();
    assert_eq!(dashboard["organization"]["name"], "Name 5");
}

#[tokio::test]
async fn a_dead_limiter_refuses_within_a_second_and_changes_nothing() {
    let town = Town::with(&[("REDIS_URL", "redis://127.0.0.1:9/")]).await;
    let started = std::time::Instant::now();
    let answer = town.call(&Person::admin(), RENAME, "name=Engines").await;
    assert_eq!((answer.status, answer.json()), (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": "unavailable" })));
    assert!(!answer.header("retry-after").is_empty() && answer.header("ratelimit").is_empty());
    assert!(started.elapsed() < std::time::Duration::from_millis(1500));
    assert_eq!(town.call(&Person::admin(), "show_dashboard", "").await.status, StatusCode::OK);
}
