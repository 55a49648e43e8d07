//! Faults on demand: the requests that they affect, how often, and in which form.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use local_clerk::LocalClerk;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use support::{Browser, cookieless_client, location, start};

async fn set_faults(clerk: &LocalClerk, faults: Value) -> StatusCode {
    let request = cookieless_client().put(format!("{}/_local/faults", clerk.api_url())).json(&faults);
    request.bearer_auth(clerk.secret_key()).send().await.unwrap().status()
}

async fn ask(clerk: &LocalClerk, path: &str) -> reqwest::Result<Response> {
    cookieless_client().get(format!("{}{path}", clerk.api_url())).bearer_auth(clerk.secret_key()).send().await
}

#[tokio::test]
async fn a_fault_affects_its_path_and_ends_after_fail_times() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    set_faults(&clerk, json!({ "path": "/v1/users", "fail": 429, "fail_times": 2, "retry_after_s": 7 })).await;
    for _ in 0..2 {
        assert_eq!(ask(&clerk, "/v1/organizations").await.unwrap().status(), StatusCode::OK);
        let refused = ask(&clerk, "/v1/users/count").await.unwrap();
        assert_eq!(
            (refused.status(), &refused.headers()["retry-after"]),
            (StatusCode::TOO_MANY_REQUESTS, &"7".parse().unwrap())
        );
        assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["code"], "local_fault");
    }
    assert_eq!(ask(&clerk, "/v1/users/count").await.unwrap().status(), StatusCode::OK);
    let left: Value = ask(&clerk, "/_local/faults").await.unwrap().json().await.unwrap();
    assert_eq!(left["fail_times"], 0);
    set_faults(&clerk, json!({ "fail": 429 })).await;
    assert_eq!(ask(&clerk, "/v1/users").await.unwrap().headers()["retry-after"], "1");
}

#[tokio::test]
async fn a_connection_ends_without_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    set_faults(&clerk, json!({ "api": "backend", "drop_connection": true, "fail_times": 1 })).await;
    assert!(ask(&clerk, "/v1/users").await.is_err());
    assert_eq!(ask(&clerk, "/v1/users").await.unwrap().status(), StatusCode::OK);
    assert_eq!(set_faults(&clerk, json!({ "drop_conection": true })).await, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn keys_can_be_rotated_and_retired() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let names = async || {
        let set: Value = ask(&clerk, "/.well-known/jwks.json").await.unwrap().json().await.unwrap();
        let keys: Vec<_> = set["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect();
        keys
    };
    set_faults(&clerk, json!({ "rotate_keys": true })).await;
    set_faults(&clerk, json!({ "rotate_keys": true })).await;
    assert_eq!(names().await, ["ins_local", "ins_local_2", "ins_local_3"]);
    set_faults(&clerk, json!({ "retire_keys": true })).await;
    assert_eq!(names().await, ["ins_local_3"]);
    set_faults(&clerk, json!({ "rotate_keys": true, "retire_keys": true })).await;
    assert_eq!(names().await, ["ins_local_4"]);
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    assert_eq!(browser.session().await["sub"], "user_local_ada");
}

#[tokio::test]
async fn token_lifetime_is_a_fault_setting() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    set_faults(&clerk, json!({ "token_lifetime_s": 3 })).await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let token = browser.cookies["__session"].clone();
    use base64::Engine;
    let payload = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3);
}

#[tokio::test]
async fn faults_can_be_set_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let set_faults = async |faults: Value| set_faults(&clerk, faults).await;
    let put =
        cookieless_client().put(format!("{}/_local/faults", clerk.api_url())).json(&json!({})).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(set_faults(json!({ "api": "frontend", "fail": 500 })).await, StatusCode::OK);
    assert_eq!(browser.get("/v1/client").await.status(), StatusCode::INTERNAL_SERVER_ERROR);
    set_faults(json!({ "clock_skew_s": 3600, "rotate_keys": true, "handshakes_without_azp": true })).await;
    let session = browser.session().await["sid"].as_str().unwrap().to_owned();
    let token: Value = browser.post(&format!("/v1/client/sessions/{session}/tokens"), &[]).await.json().await.unwrap();
    let token = token["jwt"].as_str().unwrap();
    assert_eq!(jsonwebtoken::decode_header(token).unwrap().kid.as_deref(), Some("ins_local_2"));
    let answer = browser.get("/v1/client/handshake?redirect_url=http%3A%2F%2Flocalhost%3A3000%2F").await;
    let handshake = location(&answer).split("__clerk_handshake=").nth(1).unwrap().to_owned();
    let payload = |token: &str| -> Value {
        use base64::Engine;
        let part = token.split('.').nth(1).unwrap().to_owned();
        serde_json::from_slice(&base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let directive = payload(&handshake)["handshake"][0].as_str().unwrap().to_owned();
    let brought = payload(directive.trim_start_matches("__session="));
    assert!(brought["azp"].is_null() && brought["iat"].as_i64().unwrap() > payload(token)["nbf"].as_i64().unwrap());
    set_faults(json!({})).await;
    assert_eq!(browser.get("/v1/client").await.status(), StatusCode::OK);
}
