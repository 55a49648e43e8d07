//! Names that users chose, as Clerk reports them: no name changes how the text of a page is read.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Body;
use domain::text::is_bidi_control;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use support::{Caller, TestApp, WEBHOOK_SECRET, caller_with, now_s};
use svix::webhooks::Webhook;

async fn deliver_event(app: &TestApp, kind: &str, data: Value) {
    let payload = json!({ "type": kind, "object": "event", "timestamp": 10, "data": data }).to_string();
    let (id, timestamp) = (format!("msg_{kind}_{}", data["id"].as_str().unwrap()), now_s());
    let signature = Webhook::new(WEBHOOK_SECRET).unwrap().sign(&id, timestamp, payload.as_bytes()).unwrap();
    let request = Request::post("/api/webhooks/clerk")
        .header("svix-id", id)
        .header("svix-timestamp", timestamp.to_string())
        .header("svix-signature", signature);
    assert_eq!(app.send(request.body(Body::from(payload)).unwrap()).await.status, StatusCode::OK);
}

fn user(id: &str, first_name: &str, last_name: &str) -> Value {
    json!({ "id": id, "first_name": first_name, "last_name": last_name, "email_addresses": [],
        "created_at": 1, "updated_at": 1 })
}

fn member(id: &str) -> Value {
    json!({ "id": format!("orgmem_{id}"), "role": "org:viewer", "organization": { "id": "org_engines" },
        "public_user_data": { "user_id": id }, "created_at": 1, "updated_at": 1 })
}

fn organization(name: &str, slug: &str) -> Value {
    json!({ "id": "org_engines", "name": name, "slug": slug, "created_at": 1, "updated_at": 1 })
}

#[tokio::test]
async fn no_page_contains_bidi_control_characters() {
    let app = TestApp::new().await;
    deliver_event(&app, "organization.created", organization("Acme\u{2069}\u{202e}gro.live", "acme")).await;
    deliver_event(&app, "user.created", user("user_ada", "Ada\u{202e}", "ecalevol\u{2067}")).await;
    deliver_event(&app, "organizationMembership.created", member("user_ada")).await;
    deliver_event(&app, "user.created", user("user_mallory", "Mallory\u{202e}", "nimda\u{200f}")).await;
    deliver_event(&app, "organizationMembership.created", member("user_mallory")).await;
    let session = json!({ "id": "sess_mallory", "user_id": "user_mallory", "status": "active",
        "created_at": now_s() * 1000, "updated_at": 1,
        "latest_activity": { "browser_name": "Firefox\u{202e}", "city": "\u{202d}Kyiv" } });
    deliver_event(&app, "session.created", session).await;
    // example:begin invitations
    let invitation = json!({ "id": "orginv_1", "organization_id": "org_engines",
        "email_address": "eve\u{202e}@example.com", "role": "org:viewer", "status": "pending",
        "created_at": 1, "updated_at": 1 });
    deliver_event(&app, "organizationInvitation.created", invitation).await;
    // example:end invitations
    let renamed = app.call(&Caller::admin(), "rename_organization", "name=%E2%80%AEgnp.live").await;
    assert_eq!(renamed.status, StatusCode::BAD_REQUEST, "{}", renamed.body);
    assert_eq!(app.call(&Caller::admin(), "rename_organization", "name=Acme").await.status, StatusCode::OK);
    let pages = [
        "/admin",
        "/admin/members",
        "/admin/members?tab=invitations", // example:line invitations
        "/admin/members/user_mallory",
        "/admin/sessions", // example:line sessions
        "/admin/audit",
        "/admin/settings",
    ];
    for page in pages {
        let response = app.open(&Caller::admin(), page).await;
        assert_eq!(response.status, StatusCode::OK);
        let turns: Vec<_> = response.body.chars().filter(|character| is_bidi_control(*character)).collect();
        assert!(turns.is_empty(), "{page}: {turns:?}");
        let escaped: Vec<_> =
            ["\\u202", "\\u206", "\\u200", "\\u061"].into_iter().filter(|text| response.body.contains(text)).collect();
        assert!(escaped.is_empty(), "{page}: {escaped:?}");
    }
    let members = app.open(&Caller::admin(), "/admin/members").await.body;
    assert!(members.contains("<bdi>Mallory nimda<"), "{members}");
    // example:begin invitations
    let invitations = app.open(&Caller::admin(), "/admin/members?tab=invitations").await.body;
    assert!(invitations.contains("<bdi>eve@example.com<"), "{invitations}");
    // example:end invitations
    let member = app.open(&Caller::admin(), "/admin/members/user_mallory").await.body;
    assert!(member.contains("<h1><bdi>Mallory nimda<") && member.contains("<bdi>Firefox"), "{member}");
    let audit = app.open(&Caller::admin(), "/admin/audit").await.body;
    assert!(audit.contains("<bdi>Acmegro.live<"), "{audit}");
}

#[tokio::test]
async fn an_invisible_name_falls_back_to_slug_or_id() {
    let app = TestApp::new().await;
    deliver_event(&app, "organization.created", organization("\u{200b}\u{3164}", "acme")).await;
    deliver_event(&app, "user.created", user("user_nobody", "\u{ad}", "\u{2800} ")).await;
    deliver_event(&app, "organizationMembership.created", member("user_nobody")).await;
    let name = async |caller: &Caller| {
        let dashboard = app.call(caller, "show_dashboard", "").await.json();
        dashboard["organization"]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(name(&Caller::admin()).await, "engines");
    for slug in [json!(""), json!("\u{200b}"), Value::Null] {
        assert_eq!(name(&caller_with(|claims| claims["o"]["slg"] = slug)).await, "acme");
    }
    let unknown = caller_with(|claims| {
        claims["o"] = json!({ "id": "org_other", "slg": "", "rol": "admin", "per": "access,manage", "fpm": "1,2" })
    });
    assert_eq!(name(&unknown).await, "org_other");
    let members = app.call(&Caller::admin(), "list_members", "").await.json();
    assert_eq!(members["rows"][0]["name"], "user_nobody");
}

#[tokio::test]
async fn names_in_other_scripts_stay_unchanged() {
    let app = TestApp::new().await;
    for (id, first, last) in [
        ("user_1", "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}", "\u{646}"),
        ("user_2", "👩\u{200d}🚀", "Z\u{308}"),
    ] {
        deliver_event(&app, "user.created", user(id, first, last)).await;
        deliver_event(&app, "organizationMembership.created", member(id)).await;
        let page = app.open(&Caller::admin(), "/admin/members").await.body;
        assert!(page.contains(&format!("<bdi>{first} {last}<")), "{page}");
    }
}
