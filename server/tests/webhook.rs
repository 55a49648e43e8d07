//! The webhook over HTTP: verified, capped, exactly once, and silent about why not.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::json;
use support::{Answer, Person, Town, WEBHOOK_SECRET, now_s};
use svix::webhooks::Webhook;

async fn deliver(town: &Town, id: &str, payload: &str, secret: &str) -> Answer {
    let timestamp = now_s();
    let signature = Webhook::new(secret).unwrap().sign(id, timestamp, payload.as_bytes()).unwrap();
    let request = Request::post("/api/webhooks/clerk")
        .header("svix-id", id)
        .header("svix-timestamp", timestamp.to_string())
        .header("svix-signature", signature);
    town.send(request.body(Body::from(payload.to_owned())).unwrap()).await
}

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
