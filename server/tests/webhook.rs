//! The webhook over HTTP: verified, limited in size, applied once, and without details in refusals.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use support::{Caller, TestApp, WEBHOOK_SECRET, caller_with, deliver_webhook, now_s};

fn organization_event(name: &str, updated_at: i64) -> String {
    let data = json!({ "id": "org_engines", "object": "organization", "name": name, "slug": "engines",
        "created_at": 1, "updated_at": updated_at });
    let event = json!({ "type": "organization.updated", "object": "event", "timestamp": updated_at,
        "instance_id": "ins_1", "data": data });
    event.to_string()
}

async fn organization_name(app: &TestApp) -> String {
    app.call(&Caller::admin(), "show_dashboard", "").await.json()["organization"]["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_verified_event_is_applied_once() {
    let app = TestApp::new().await;
    assert_eq!(
        deliver_webhook(&app, "msg_1", &organization_event("Engines", 10), WEBHOOK_SECRET).await.status,
        StatusCode::OK
    );
    assert_eq!(organization_name(&app).await, "Engines");
    assert_eq!(
        deliver_webhook(&app, "msg_2", &organization_event("Looms", 20), WEBHOOK_SECRET).await.status,
        StatusCode::OK
    );
    assert_eq!(
        deliver_webhook(&app, "msg_1", &organization_event("Engines", 10), WEBHOOK_SECRET).await.status,
        StatusCode::OK
    );
    assert_eq!(organization_name(&app).await, "Looms");
}

#[tokio::test]
async fn every_failure_is_the_same_short_400() {
    let app = TestApp::new().await;
    let other = "whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcg==";
    let forged = deliver_webhook(&app, "msg_1", &organization_event("Forged", 10), other).await;
    let bare = app.send(Request::post("/api/webhooks/clerk").body(Body::from("{}")).unwrap()).await;
    assert_eq!((forged.status, bare.status), (StatusCode::BAD_REQUEST, StatusCode::BAD_REQUEST));
    assert_eq!(forged.body, bare.body);
    assert!(bare.body.len() < 40, "{}", bare.body);
}

#[tokio::test]
async fn without_a_signing_secret_the_answer_is_500_without_details() {
    let app = TestApp::with(&[("CLERK_WEBHOOK_SIGNING_SECRET", "")]).await;
    let response = deliver_webhook(&app, "msg_1", &organization_event("Engines", 10), WEBHOOK_SECRET).await;
    assert_eq!(
        (response.status, response.body.as_str()),
        (StatusCode::INTERNAL_SERVER_ERROR, r#"{"error":"internal"}"#)
    );
}

#[tokio::test]
async fn both_secrets_work_while_rotating() {
    let other = "whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcg==";
    let app = TestApp::with(&[("CLERK_WEBHOOK_SIGNING_SECRET", &format!("{WEBHOOK_SECRET},{other}"))]).await;
    assert_eq!(deliver_webhook(&app, "msg_1", &organization_event("Engines", 10), other).await.status, StatusCode::OK);
    assert_eq!(
        deliver_webhook(&app, "msg_2", &organization_event("Looms", 20), WEBHOOK_SECRET).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn an_oversize_event_is_refused_unread() {
    let app = TestApp::new().await;
    let response =
        deliver_webhook(&app, "msg_1", &organization_event(&"a".repeat(300 * 1024), 10), WEBHOOK_SECRET).await;
    assert_eq!(response.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_session_revoked_at_clerk_stops_working_at_once() {
    let app = TestApp::new().await;
    let ada = Caller::admin();
    assert_eq!(app.call(&ada, "show_dashboard", "").await.status, StatusCode::OK);
    let data = json!({ "id": "sess_ada", "object": "session", "user_id": "user_ada", "status": "revoked",
        "created_at": 1, "updated_at": 2 });
    let event =
        json!({ "type": "session.revoked", "object": "event", "timestamp": 2, "instance_id": "ins_1", "data": data });
    assert_eq!(deliver_webhook(&app, "msg_1", &event.to_string(), WEBHOOK_SECRET).await.status, StatusCode::OK);
    assert_eq!(app.call(&ada, "show_dashboard", "").await.status, StatusCode::UNAUTHORIZED);
}

fn event(kind: &str, data: &Value) -> String {
    json!({ "type": kind, "object": "event", "timestamp": now_s() * 1000, "data": data }).to_string()
}

/// Delivers an event, which must be accepted.
async fn deliver_event(app: &TestApp, kind: &str, data: Value) {
    let id = format!("msg_{}", gatehouse::random::Token::random().as_str());
    let response = deliver_webhook(app, &id, &event(kind, &data), WEBHOOK_SECRET).await;
    assert_eq!(response.status, StatusCode::OK, "{kind} {data}: {}", response.body);
}

#[tokio::test]
async fn tokens_of_a_deleted_user_stop_working_at_once() {
    let app = TestApp::new().await;
    let bob = caller_with(|claims| (claims["sub"], claims["sid"]) = ("user_bob".into(), "sess_bob".into()));
    assert_eq!(app.call(&bob, "show_dashboard", "").await.status, StatusCode::OK);
    deliver_event(&app, "user.deleted", json!({ "id": "user_bob", "object": "user", "deleted": true })).await;
    assert_eq!(app.call(&bob, "show_dashboard", "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.call(&Caller::admin(), "show_dashboard", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn tokens_for_a_deleted_or_left_organization_are_refused() {
    let left = json!({ "id": "orgmem_1", "organization": { "id": "org_engines" }, "role": "org:admin", "updated_at": 1,
        "public_user_data": { "user_id": "user_ada" } });
    let deleted = json!({ "id": "org_engines", "object": "organization", "deleted": true });
    for (kind, data) in [("organizationMembership.deleted", left), ("organization.deleted", deleted)] {
        let (app, ada) = (TestApp::new().await, Caller::admin());
        assert_eq!(app.call(&ada, "show_dashboard", "").await.status, StatusCode::OK);
        deliver_event(&app, kind, data).await;
        assert_eq!(app.call(&ada, "show_dashboard", "").await.status, StatusCode::FORBIDDEN, "{kind}");
        assert_eq!(
            app.call(&Caller::admin_of_other_organization(), "show_dashboard", "").await.status,
            StatusCode::OK,
            "{kind}"
        );
    }
}

#[tokio::test]
async fn a_member_who_rejoins_works_with_the_next_token() {
    let app = TestApp::new().await;
    let left = json!({ "id": "orgmem_1", "organization": { "id": "org_engines" }, "role": "org:admin", "updated_at": 1,
        "public_user_data": { "user_id": "user_ada" } });
    deliver_event(&app, "organizationMembership.deleted", left).await;
    // One second in the future, within the leeway for clocks.
    let next = caller_with(|claims| claims["iat"] = (now_s() + 1).into());
    assert_eq!(app.call(&next, "show_dashboard", "").await.status, StatusCode::OK);
}

/// Delivers a user and their membership.
async fn add_member(app: &TestApp, id: &str, first_name: &str, email: &str) {
    let addresses = json!([{ "id": "idn_1", "email_address": email, "verification": { "status": "verified" } }]);
    let user = json!({ "id": id, "object": "user", "first_name": first_name, "last_name": null,
        "created_at": 1, "updated_at": 2, "primary_email_address_id": "idn_1", "email_addresses": addresses,
        "public_metadata": { "note": first_name } });
    deliver_event(app, "user.created", user).await;
    let membership = json!({ "id": format!("orgmem_{id}"), "object": "organization_membership", "role": "org:viewer",
        "organization": { "id": "org_engines", "name": first_name }, "created_at": 1, "updated_at": 2,
        "public_user_data": { "user_id": id, "identifier": email, "first_name": first_name } });
    deliver_event(app, "organizationMembership.created", membership).await;
}

async fn search_members(app: &TestApp, query: &str) -> Vec<String> {
    let query: String = form_urlencoded(query);
    let list = app.call(&Caller::admin(), "list_members", &format!("query={query}&page=0")).await.json();
    list["rows"].as_array().unwrap().iter().map(|row| row["user_id"].as_str().unwrap().to_owned()).collect()
}

fn form_urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn users_with_unusual_names_are_stored_and_found() {
    for app in apps().await {
        for (id, name, email) in [
            ("user_nul", "Nul\u{0}Inside", "nul\u{0}@example.com"),
            ("user_bidi", "Mallory\u{202e}", "mallory@example.com"),
            ("user_percent", "100%", "percent@example.com"),
            ("user_encoded", "a%41b", "encoded+tag@example.com"),
            ("user_emile", "Émile", "emile@example.com"),
            ("user_zhanna", "Жанна", "zhanna@example.com"),
            ("user_wide", &"W".repeat(3000), "wide@example.com"),
        ] {
            add_member(&app, id, name, email).await;
        }
        let no_slug = json!({ "id": "org_snow", "object": "organization", "name": "Sans Slug ☃",
            "slug": null, "created_at": 1, "updated_at": 2 });
        deliver_event(&app, "organization.created", no_slug).await;
        for (query, caller) in [
            ("inside", "user_nul"),
            ("mallory", "user_bidi"),
            ("100%", "user_percent"),
            ("a%41b", "user_encoded"),
            ("ENCODED+TAG@", "user_encoded"),
            ("ÉMILE", "user_emile"),
            ("жанна", "user_zhanna"),
            ("wwwww", "user_wide"),
        ] {
            assert_eq!(search_members(&app, query).await, [caller], "{query}");
        }
        deliver_event(&app, "user.deleted", json!({ "id": "user_emile", "object": "user", "deleted": true })).await;
        assert!(search_members(&app, "émile").await.is_empty());
        assert_eq!(search_members(&app, "").await.len(), 6);
    }
}

/// The application on every available database.
async fn apps() -> Vec<TestApp> {
    let mut apps = vec![TestApp::new().await];
    if let Some(url) = support::new_postgres_schema().await {
        apps.push(TestApp::with(&[("DATABASE_URL", &url)]).await);
    }
    apps
}
