//! The refresh token in the cookie `__refresh_<suffix>` replaces an expired session token.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use local_clerk::{Instance, LocalClerk, Options};
use reqwest::StatusCode;
use serde_json::{Value, json};
use support::{Browser, cookieless_client, suffix_of};

const SECURE: &str = "https://localhost:3443";

/// A production instance, Ada's session token, her session, and its refresh token.
async fn with_refresh_token(folder: &std::path::Path) -> (LocalClerk, Browser, String, String, String) {
    let options = Options {
        data_dir: folder.to_owned(),
        instance: Instance::Production,
        public_origin: SECURE.to_owned(),
        webhook_url: "http://127.0.0.1:9/".to_owned(),
        ..Options::default()
    };
    let clerk = local_clerk::start(options).await.unwrap();
    let mut browser = Browser::new(&clerk);
    let form = [("strategy", "password"), ("identifier", "ada@example.com"), ("password", "engine-no-1")];
    let request = browser.client.post(format!("{}/v1/client/sign_ins", clerk.api_url())).form(&form);
    browser.send(request).await;
    browser.get(&format!("/v1/client/handshake?format=nonce&redirect_url={SECURE}/")).await;
    let nonce = browser.cookies["__clerk_handshake_nonce"].clone();
    let url = format!("{}/v1/clients/handshake_payload?nonce={nonce}", clerk.api_url());
    let payload: Value =
        cookieless_client().get(url).bearer_auth(clerk.secret_key()).send().await.unwrap().json().await.unwrap();
    payload["directives"].as_array().unwrap().iter().for_each(|text| browser.store_cookie(text.as_str().unwrap()));
    let refresh = browser.cookies[&format!("__refresh_{}", suffix_of(&clerk.publishable_key()))].clone();
    let token = browser.cookies["__session"].clone();
    let session = browser.claims(&token).await["sid"].as_str().unwrap().to_owned();
    (clerk, browser, session, token, refresh)
}

async fn refresh(clerk: &LocalClerk, session: &str, body: &Value) -> (StatusCode, Value) {
    let url = format!("{}/v1/sessions/{session}/refresh?suffixed_cookies=true", clerk.api_url());
    let answer = cookieless_client().post(url).bearer_auth(clerk.secret_key()).json(body).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_refresh_returns_new_cookies_and_the_next_refresh_token() {
    let folder = tempfile::tempdir().unwrap();
    let (clerk, mut browser, session, token, first) = with_refresh_token(folder.path()).await;
    let body = |refresh_token: &str| {
        json!({
            "format": "cookie", "expired_token": token, "refresh_token": refresh_token,
            "request_origin": SECURE, "request_headers": {},
        })
    };
    let (status, answer) = refresh(&clerk, &session, &body(&first)).await;
    assert_eq!((status, &answer["object"]), (StatusCode::OK, &json!("cookies")));
    answer["cookies"].as_array().unwrap().iter().for_each(|text| browser.store_cookie(text.as_str().unwrap()));
    let claims = browser.session().await;
    assert_eq!((&claims["sid"], &claims["azp"]), (&json!(session), &json!(SECURE)));
    let next = browser.cookies[&format!("__refresh_{}", suffix_of(&clerk.publishable_key()))].clone();
    assert_ne!(next, first);
    assert_eq!(refresh(&clerk, &session, &body(&next)).await.0, StatusCode::OK);
    let mut plain = body(&next);
    plain["format"] = "token".into();
    assert_eq!(refresh(&clerk, &session, &plain).await.1["object"], "token");
    let kept = std::fs::read_to_string(folder.path().join("state.json")).unwrap();
    assert!(kept.contains("refresh_tokens") && !kept.contains(&next));
}

#[tokio::test]
async fn mismatched_refresh_parameters_are_refused_with_clerks_codes() {
    let folder = tempfile::tempdir().unwrap();
    let (clerk, browser, session, token, good) = with_refresh_token(folder.path()).await;
    let code = async |session: &str, expired: &str, refresh_token: &str, origin: &str| {
        let body = json!({
            "format": "cookie", "expired_token": expired, "refresh_token": refresh_token, "request_origin": origin,
        });
        let (status, answer) = refresh(&clerk, session, &body).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        answer["errors"][0]["code"].as_str().unwrap().to_owned()
    };
    let ineligible = "session_refresh_session_token_ineligible";
    // The first letter of the signature changes, because the last one holds only two bits: a
    // quarter of all signatures end in `A`.
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}{}", if signature.starts_with('A') { 'B' } else { 'A' }, &signature[1..]);
    assert_eq!(code(&session, &forged, &good, SECURE).await, ineligible);
    assert_eq!(code("sess_other", &token, &good, SECURE).await, ineligible);
    let url = format!("{}/v1/sessions/{session}/tokens/hasura", clerk.api_url());
    let template: Value =
        cookieless_client().post(url).bearer_auth(clerk.secret_key()).send().await.unwrap().json().await.unwrap();
    assert_eq!(code(&session, template["jwt"].as_str().unwrap(), &good, SECURE).await, ineligible);
    assert_eq!(code(&session, &token, "unknown", SECURE).await, "session_refresh_refresh_token_ineligible");
    assert_eq!(code(&session, &token, &good, "https://evil.example").await, "session_refresh_origin_ineligible");
    let switch = async |faults: Value| {
        let request =
            cookieless_client().put(format!("{}/_local/faults", clerk.api_url())).bearer_auth(clerk.secret_key());
        assert_eq!(request.json(&faults).send().await.unwrap().status(), StatusCode::OK);
    };
    switch(json!({ "refresh_tokens_expired": true })).await;
    assert_eq!(code(&session, &token, &good, SECURE).await, "refresh_token_expired");
    switch(json!({})).await;
    let revoke = format!("{}/v1/sessions/{session}/revoke", clerk.api_url());
    assert_eq!(
        cookieless_client().post(revoke).bearer_auth(clerk.secret_key()).send().await.unwrap().status(),
        StatusCode::OK
    );
    assert_eq!(code(&session, &token, &good, SECURE).await, "session_refresh_session_ineligible");
    drop(browser);
}
