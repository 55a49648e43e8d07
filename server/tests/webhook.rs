//! The webhook over HTTP: verified, capped, exactly once, and silent about why not.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use support::{Person, Town, WEBHOOK_SECRET, changed, deliver, now_s};

fn organization(name: &str, updated_at: i64) -> String {
    let data = json!({ "id": "org_engines", "object": "organization", "name": name, "slug": "engines", "created_at": 1, "updated_at": updated_at });
    json!({ "type": "organization.updated", "object": "event", "timestamp": updated_at, "instance_id": "ins_1", "data": data }).to_string()
}

async fn name(town: &Town) -> String {
    town.call(&Person::admin(), "show_dashboard", "").await.json()["organization"]["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_verified_event_is_taken_once() {
    let town = Town::new().await;
    assert_eq!(deliver(&town, "msg_1", &organization("Engines", 10), WEBHOOK_SECRET).await.status, StatusCode::OK);
    assert_eq!(name(&town).await, "Engines");
    assert_eq!(deliver(&town, "msg_2", &organization("Looms", 20), WEBHOOK_SECRET).await.status, StatusCode::OK);
    assert_eq!(deliver(&town, "msg_1", &organization("Engines", 10), WEBHOOK_SECRET).await.status, StatusCode::OK);
    assert_eq!(name(&town).await, "Looms");
}

#[tokio::test]
async fn every_failure_is_the_same_short_400() {
    let town = Town::new().await;
    let other = "whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcg==";
    let forged = deliver(&town, "msg_1", &organization("Forged", 10), other).await;
    let bare = town.send(Request::post("/api/webhooks/clerk").body(Body::from("{}")).unwrap()).await;
    assert_eq!((forged.status, bare.status), (StatusCode::BAD_REQUEST, StatusCode::BAD_REQUEST));
    assert_eq!(forged.body, bare.body);
    assert!(bare.body.len() < 40, "{}", bare.body);
}

#[tokio::test]
async fn without_a_secret_it_is_our_fault_and_no_detail() {
    let town = Town::with(&[("CLERK_WEBHOOK_SIGNING_SECRET", "")]).await;
    let answer = deliver(&town, "msg_1", &organization("Engines", 10), WEBHOOK_SECRET).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::INTERNAL_SERVER_ERROR, r#"{"error":"internal"}"#));
}

#[tokio::test]
async fn both_secrets_work_while_rotating() {
    let other = "whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcg==";
    let town = Town::with(&[("CLERK_WEBHOOK_SIGNING_SECRET", &format!("{WEBHOOK_SECRET},{other}"))]).await;
    assert_eq!(deliver(&town, "msg_1", &organization("Engines", 10), other).await.status, StatusCode::OK);
    assert_eq!(deliver(&town, "msg_2", &organization("Looms", 20), WEBHOOK_SECRET).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_oversize_event_is_not_read() {
    let town = Town::new().await;
    let answer = deliver(&town, "msg_1", &organization(&"a".repeat(300 * 1024), 10), WEBHOOK_SECRET).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_session_that_clerk_ended_stops_working_at_once() {
    let town = Town::new().await;
    let ada = Person::admin();
    assert_eq!(town.call(&ada, "show_dashboard", "").await.status, StatusCode::OK);
    let data = json!({ "id": "sess_ada", "object": "session", "user_id": "user_ada", "status": "revoked", "created_at": 1, "updated_at": 2 });
    let event =
        json!({ "type": "session.revoked", "object": "event", "timestamp": 2, "instance_id": "ins_1", "data": data });
    assert_eq!(deliver(&town, "msg_1", &event.to_string(), WEBHOOK_SECRET).await.status, StatusCode::OK);
    assert_eq!(town.call(&ada, "show_dashboard", "").await.status, StatusCode::UNAUTHORIZED);
}

fn event(kind: &str, data: &Value) -> String {
    json!({ "type": kind, "object": "event", "timestamp": now_s() * 1000, "data": data }).to_string()
}

/// Delivers, and it is taken.
async fn told(town: &Town, kind: &str, data: Value) {
    let id = format!("msg_{}", gatehouse::headers::Nonce::random().as_str());
    let answer = deliver(town, &id, &event(kind, &data), WEBHOOK_SECRET).await;
    assert_eq!(answer.status, StatusCode::OK, "{kind} {data}: {}", answer.body);
}

#[tokio::test]
async fn tokens_of_a_deleted_user_stop_working_at_once() {
    let town = Town::new().await;
    let bob = changed(|claims| (claims["sub"], claims["sid"]) = ("user_bob".into(), "sess_bob".into()));
    assert_eq!(town.call(&bob, "show_dashboard", "").await.status, StatusCode::OK);
    told(&town, "user.deleted", json!({ "id": "user_bob", "object": "user", "deleted": true })).await;
    assert_eq!(town.call(&bob, "show_dashboard", "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(town.call(&Person::admin(), "show_dashboard", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn tokens_of_an_organization_that_was_deleted_or_left_do_not_count_for_it() {
    let left = json!({ "id": "orgmem_1", "organization": { "id": "org_engines" }, "role": "org:admin", "updated_at": 1,
        "public_user_data": { "user_id": "user_ada" } });
    let deleted = json!({ "id": "org_engines", "object": "organization", "deleted": true });
    for (kind, data) in [("organizationMembership.deleted", left), ("organization.deleted", deleted)] {
        let (town, ada) = (Town::new().await, Person::admin());
        assert_eq!(town.call(&ada, "show_dashboard", "").await.status, StatusCode::OK);
        told(&town, kind, data).await;
        assert_eq!(town.call(&ada, "show_dashboard", "").await.status, StatusCode::FORBIDDEN, "{kind}");
        assert_eq!(town.call(&Person::neighbour(), "show_dashboard", "").await.status, StatusCode::OK, "{kind}");
    }
}

#[tokio::test]
async fn whoever_joins_an_organization_again_works_for_it_with_the_next_token() {
    let town = Town::new().await;
    let left = json!({ "id": "orgmem_1", "organization": { "id": "org_engines" }, "role": "org:admin", "updated_at": 1,
        "public_user_data": { "user_id": "user_ada" } });
    told(&town, "organizationMembership.deleted", left).await;
    // A second ahead, within the leeway for clocks.
    let next = changed(|claims| claims["iat"] = (now_s() + 1).into());
    assert_eq!(town.call(&next, "show_dashboard", "").await.status, StatusCode::OK);
}

/// A user and their membership, as Clerk tells of them.
async fn joins(town: &Town, id: &str, first_name: &str, email: &str) {
    let addresses = json!([{ "id": "idn_1", "email_address": email, "verification": { "status": "verified" } }]);
    let user = json!({ "id": id, "object": "user", "first_name": first_name, "last_name": null, "created_at": 1, "updated_at": 2,
        "primary_email_address_id": "idn_1", "email_addresses": addresses, "public_metadata": { "note": first_name } });
    told(town, "user.created", user).await;
    let membership = json!({ "id": format!("orgmem_{id}"), "object": "organization_membership", "role": "org:viewer",
        "organization": { "id": "org_engines", "name": first_name }, "created_at": 1, "updated_at": 2,
        "public_user_data": { "user_id": id, "identifier": email, "first_name": first_name } });
    told(town, "organizationMembership.created", membership).await;
}

async fn found(town: &Town, query: &str) -> Vec<String> {
    let query: String = form_urlencoded(query);
    let list = town.call(&Person::admin(), "list_members", &format!("query={query}&page=0")).await.json();
    list["rows"].as_array().unwrap().iter().map(|row| row["user_id"].as_str().unwrap().to_owned()).collect()
}

fn form_urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn whatever_people_are_called_their_events_are_taken_and_they_are_found() {
    for town in towns().await {
        for (id, name, email) in [
            ("user_nul", "Nul\u{0}Inside", "nul\u{0}@example.com"),
            ("user_bidi", "Mallory\u{202e}", "mallory@example.com"),
            ("user_percent", "100%", "percent@example.com"),
            ("user_encoded", "a%41b", "encoded+tag@example.com"),
            ("user_emile", "Émile", "emile@example.com"),
            ("user_zhanna", "Жанна", "zhanna@example.com"),
            ("user_wide", &"W".repeat(3000), "wide@example.com"),
        ] {
            joins(&town, id, name, email).await;
        }
        let no_slug = json!({ "id": "org_snow", "object": "organization", "name": "Sans Slug ☃", "slug": null, "created_at": 1, "updated_at": 2 });
        told(&town, "organization.created", no_slug).await;
        for (query, person) in [
            ("inside", "user_nul"),
            ("mallory", "user_bidi"),
            ("100%", "user_percent"),
            ("a%41b", "user_encoded"),
            ("ENCODED+TAG@", "user_encoded"),
            ("ÉMILE", "user_emile"),
            ("жанна", "user_zhanna"),
            ("wwwww", "user_wide"),
        ] {
            assert_eq!(found(&town, query).await, [person], "{query}");
        }
        told(&town, "user.deleted", json!({ "id": "user_emile", "object": "user", "deleted": true })).await;
        assert!(found(&town, "émile").await.is_empty());
        assert_eq!(found(&town, "").await.len(), 6);
    }
}

/// A town on each database that is at hand.
async fn towns() -> Vec<Town> {
    let mut towns = vec![Town::new().await];
    if let Some(url) = support::postgres_schema().await {
        towns.push(Town::with(&[("DATABASE_URL", &url)]).await);
    }
    towns
}
