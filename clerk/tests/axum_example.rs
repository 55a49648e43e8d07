//! The axum example runs: it answers with a valid token, and refuses every other request.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../examples/axum.rs"]
mod example;

use example::{Settings, router};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use svix::webhooks::Webhook;

const WEBHOOK_SECRET: &str = "whsec_ZXhhbXBsZS1leGFtcGxlLWV4YW1wbGUtZXhhbXBsZQ==";

fn keys() -> Value {
    serde_json::from_str(include_str!("vectors/clerk/keys.json")).unwrap()
}

fn now_s() -> i64 {
    i64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap()
}

/// A session token for the example's origin that was issued this many seconds ago and lives for 60.
fn token(origin: &str, age_s: i64) -> String {
    let issued = now_s() - age_s;
    let claims = json!({
        "v": 2, "iss": "https://clerk.example.com", "azp": origin, "sub": "user_1", "sid": "sess_1", "sts": "active",
        "iat": issued, "nbf": issued, "exp": issued + 60,
    });
    let key = EncodingKey::from_rsa_pem(keys()["private_key_pkcs8_pem"].as_str().unwrap().as_bytes()).unwrap();
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key).unwrap()
}

/// Starts the example on a loopback port, and returns its origin.
async fn start() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let settings = Settings {
        publishable_key: "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k".to_owned(),
        secret_key: "sk_live_x".to_owned(),
        jwt_key: Some(keys()["public_key_spki_pem"].as_str().unwrap().to_owned()),
        webhook_secret: Some(WEBHOOK_SECRET.to_owned()),
    };
    let router = router(settings, &origin).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    origin
}

#[tokio::test]
async fn only_a_valid_token_opens_the_protected_route() {
    let (origin, client) = (start().await, clerk::http_client::http_client(Duration::from_secs(5)).unwrap());
    let account = async |token: Option<String>| {
        let request = client.get(format!("{origin}/account"));
        let request = token.iter().fold(request, |request, token| request.bearer_auth(token));
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(account(Some(token(&origin, 1))).await, (200, "You are user_1.".to_owned()));
    assert_eq!(account(None).await.0, 401);
    assert_eq!(account(Some(token(&origin, 3600))).await.0, 401);
    assert_eq!(account(Some(token("http://elsewhere.example", 1))).await.0, 401);
    assert_eq!(client.get(&origin).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_browser_without_a_fresh_token_is_sent_to_a_handshake() {
    let (origin, client) = (start().await, clerk::http_client::http_client(Duration::from_secs(5)).unwrap());
    let request = client.get(format!("{origin}/account")).header("cookie", format!("__client_uat={}", now_s()));
    let answer = request.header("sec-fetch-dest", "document").send().await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap();
    assert_eq!(answer.status(), 307);
    assert!(location.starts_with("https://clerk.example.com/v1/client/handshake?"), "{location}");
}

#[tokio::test]
async fn only_a_signed_webhook_is_accepted() {
    let (origin, client) = (start().await, clerk::http_client::http_client(Duration::from_secs(5)).unwrap());
    let body = r#"{"type":"user.deleted","data":{"id":"user_1"}}"#;
    let signature = Webhook::new(WEBHOOK_SECRET).unwrap().sign("msg_1", now_s(), body.as_bytes()).unwrap();
    for (signature, status) in [(signature.as_str(), 200), ("v1,AAAA", 400)] {
        let request = client.post(format!("{origin}/webhooks/clerk")).body(body).header("svix-id", "msg_1");
        let request = request.header("svix-timestamp", now_s()).header("svix-signature", signature);
        assert_eq!(request.send().await.unwrap().status(), status);
    }
}
