//! The logs name the user and the request, and contain no secret.

mod support;

use axum::body::Body;
use http::{Request, header};
use support::captured_log::CapturedLog;
use support::{Caller, ORIGIN, SECRET_KEY, TestApp, WEBHOOK_SECRET};

#[tokio::test]
async fn logs_name_user_request_and_duration_and_no_secret() {
    let lines = CapturedLog::default();
    tracing::subscriber::set_global_default(lines.subscriber()).unwrap();

    let app = TestApp::new().await;
    let (ada, max) = (Caller::admin(), Caller::without_permission());
    app.open(&ada, &format!("/admin?__clerk_handshake={}", ada.token())).await;
    app.call(&ada, "rename_organization", "name=Unsaid+Name").await;
    app.call(&max, "rename_organization", "name=Unsaid+Name").await;
    app.call(&ada, "change_role", "user_id=user_x&role=admin").await;
    let bearer = Request::post("/api/list_members").header(header::AUTHORIZATION, format!("Bearer {}", ada.token()));
    app.send(bearer.header(header::ORIGIN, ORIGIN).body(Body::from("page=x")).unwrap()).await;
    let webhook =
        Request::post("/api/webhooks/clerk").header("svix-id", "msg_1").header("svix-signature", "v1,c2lnbmF0dXJl");
    app.send(webhook.body(Body::from("{}")).unwrap()).await;
    app.send(Request::get("/line%0Abreak\u{1b}[31m".replace('\u{1b}', "%1b")).body(Body::empty()).unwrap()).await;

    let text = lines.text();
    for wanted in [
        "\"path\":\"/api/rename_organization\"",
        "\"status\":200",
        "\"status\":403",
        "\"id\":\"",
        "a webhook was refused",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in {text}");
    }
    for secret in [
        ada.token(),
        max.token(),
        SECRET_KEY,
        WEBHOOK_SECRET,
        "sk_test_",
        "whsec_",
        "Unsaid",
        "c2lnbmF0dXJl",
        "__session",
        "\u{1b}",
    ] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}
