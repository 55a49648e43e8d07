//! A browser's journey through the local Clerk, over real HTTP, and what the application hears of it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use local_clerk::{Options, StartError};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{Browser, ORIGIN, location, start, stranger, suffix_of};
use svix::webhooks::Webhook;

#[tokio::test]
async fn a_browser_signs_in_and_comes_back_with_a_token_that_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    let answer = browser.sign_in("ada@example.com", "engine-no-1").await;
    assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, "http://localhost:3000/admin".to_owned()));
    let claims = browser.session().await;
    assert_eq!((&claims["sub"], &claims["azp"], &claims["v"]), (&json!("user_local_ada"), &json!(ORIGIN), &json!(2)));
    assert_eq!(
        (&claims["fea"], &claims["o"]["per"], &claims["o"]["fpm"]),
        (&json!("o:admin,o:users"), &json!("access,manage"), &json!("1,2"))
    );
    assert_eq!(
        (claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), &claims["fva"]),
        (60, &json!([0, -1]))
    );
    browser.sign_in("max@example.com", "member-no-2").await;
    let claims = browser.session().await;
    assert_eq!((claims["o"]["rol"].as_str(), claims.get("fea")), (Some("member"), None));
}

#[tokio::test]
async fn wrong_passwords_get_one_answer_and_then_a_pause() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    let wrong = browser.sign_in("ada@example.com", "wrong").await.text().await.unwrap();
    let nobody = browser.sign_in("nobody@example.com", "wrong").await.text().await.unwrap();
    assert_eq!(
        wrong.replace("ada@example.com", ""),
        nobody.replace("nobody@example.com", "").replace("ada@example.com", "")
    );
    assert!(!browser.cookies.contains_key("__client"));
    for _ in 0..9 {
        browser.sign_in("ada@example.com", "wrong").await;
    }
    assert_eq!(browser.sign_in("ada@example.com", "engine-no-1").await.status(), StatusCode::TOO_MANY_REQUESTS);
    let echoed = browser.sign_in("<script>\"x", "y").await.text().await.unwrap();
    assert!(!echoed.contains("<script>"), "{echoed}");
}

#[tokio::test]
async fn a_handshake_brings_new_cookies_and_leads_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let answer =
        browser.get("/v1/client/handshake?redirect_url=http%3A%2F%2Flocalhost%3A3000%2Fadmin%3Fpage%3D2").await;
    assert_eq!(
        (answer.status(), answer.headers()["cache-control"].to_str().unwrap()),
        (StatusCode::TEMPORARY_REDIRECT, "no-store")
    );
    let back = url::Url::parse(&location(&answer)).unwrap();
    assert_eq!((back.origin().ascii_serialization().as_str(), back.path()), (ORIGIN, "/admin"));
    let token = back.query_pairs().find(|(name, _)| name == "__clerk_handshake").unwrap().1.into_owned();
    let directives = browser.claims(&token).await["handshake"].clone();
    let names: Vec<_> =
        directives.as_array().unwrap().iter().map(|text| text.as_str().unwrap().split('=').next()).collect();
    let suffix = "_".to_owned() + &suffix_of(&clerk.publishable_key());
    for name in ["__session", "__client_uat", "__clerk_db_jwt"] {
        assert!(names.contains(&Some(name)) && names.contains(&Some(&format!("{name}{suffix}"))), "{names:?}");
    }
    let behind_nonce =
        browser.get("/v1/client/handshake?format=nonce&redirect_url=http%3A%2F%2Flocalhost%3A3000%2Fadmin").await;
    let nonce = location(&behind_nonce).split("__clerk_handshake_nonce=").nth(1).unwrap().to_owned();
    let client = browser.client.clone();
    let look = async || {
        let url = format!("{}/v1/clients/handshake_payload?nonce={nonce}", clerk.api_url());
        let answer = client.get(url).bearer_auth(clerk.secret_key()).send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let (status, payload) = look().await;
    assert_eq!((status, payload["directives"].as_array().unwrap().len()), (StatusCode::OK, 6));
    assert_eq!(look().await.0, StatusCode::NOT_FOUND);
    for target in [
        "https%3A%2F%2Fevil.example",
        "%2F%2Fevil.example",
        "http%3A%2F%2Flocalhost%3A3000%40evil.example",
        "javascript%3Aalert(1)",
    ] {
        assert_eq!(
            browser.get(&format!("/v1/client/handshake?redirect_url={target}")).await.status(),
            StatusCode::BAD_REQUEST,
            "{target}"
        );
    }
    let hosted =
        browser.post("/hosted/verify", &[("password", "engine-no-1"), ("redirect_url", "https://evil.example/")]).await;
    assert_eq!(location(&hosted), "http://localhost:3000/");
}

#[tokio::test]
async fn an_aged_sign_in_is_fresh_again_after_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    browser.post("/hosted/age?minutes=10", &[]).await;
    let claims = browser.session().await;
    assert_eq!(claims["fva"], json!([10, -1]));
    let session = format!("/v1/client/sessions/{}", claims["sid"].as_str().unwrap());
    assert_eq!(
        browser.post(&format!("{session}/verify"), &[("level", "second_factor")]).await.status(),
        StatusCode::OK
    );
    let attempt = format!("{session}/verify/attempt_first_factor");
    let wrong = browser.post(&attempt, &[("strategy", "password"), ("password", "wrong")]).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.json::<Value>().await.unwrap()["errors"][0]["code"], "form_password_incorrect");
    assert_eq!(
        browser.post(&attempt, &[("strategy", "password"), ("password", "engine-no-1")]).await.status(),
        StatusCode::OK
    );
    let minted: Value = browser.post(&format!("{session}/tokens"), &[]).await.json().await.unwrap();
    assert_eq!(browser.claims(minted["jwt"].as_str().unwrap()).await["fva"], json!([0, -1]));
}

#[tokio::test]
async fn writes_of_other_sites_and_of_other_browsers_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let session = browser.session().await["sid"].as_str().unwrap().to_owned();
    let tokens = format!("{}/v1/client/sessions/{session}/tokens", clerk.api_url());
    let foreign = browser.client.post(&tokens).header("origin", "https://evil.example");
    assert_eq!(browser.send(foreign).await.status(), StatusCode::FORBIDDEN);
    let answer = stranger().post(&tokens).header("origin", ORIGIN).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_backend_api_needs_the_key_and_ends_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let session = browser.session().await["sid"].as_str().unwrap().to_owned();
    let client = stranger();
    let revoke = format!("{}/v1/sessions/{session}/revoke", clerk.api_url());
    assert_eq!(
        client.post(&revoke).bearer_auth("sk_test_wrong").send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(client.post(&revoke).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(client.post(&revoke).bearer_auth(clerk.secret_key()).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(
        browser.post(&format!("/v1/client/sessions/{session}/tokens"), &[]).await.status(),
        StatusCode::UNAUTHORIZED
    );
    let role = format!("{}/v1/organizations/org_local_engines/memberships/user_local_turing", clerk.api_url());
    for (role_name, status) in [("org:viewer", StatusCode::OK), ("org:emperor", StatusCode::UNPROCESSABLE_ENTITY)] {
        let changed = client
            .patch(&role)
            .bearer_auth(clerk.secret_key())
            .json(&json!({ "role": role_name }))
            .send()
            .await
            .unwrap();
        assert_eq!(changed.status(), status);
    }
}

#[derive(Clone, Default)]
struct Inbox(Arc<Mutex<Vec<(String, Value)>>>, Arc<Mutex<String>>);

async fn receive(State(inbox): State<Inbox>, headers: HeaderMap, body: Bytes) -> axum::http::StatusCode {
    let secret = inbox.1.lock().unwrap().clone();
    if secret.is_empty() || Webhook::new(&secret).unwrap().verify(&body, &headers).is_err() {
        return axum::http::StatusCode::BAD_REQUEST;
    }
    let id = headers["svix-id"].to_str().unwrap().to_owned();
    inbox.0.lock().unwrap().push((id, serde_json::from_slice(&body).unwrap()));
    axum::http::StatusCode::OK
}

#[tokio::test]
async fn webhooks_are_signed_in_order_repeated_and_told_again_under_the_same_ids() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/hook", post(receive)).with_state(inbox.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let clerk = start(folder.path(), &url).await;
    // Until the secret is known every delivery is refused, and comes again.
    clerk.webhook_secret().clone_into(&mut inbox.1.lock().unwrap());
    let told = async |at_least: usize| {
        for _ in 0..100 {
            if inbox.0.lock().unwrap().len() >= at_least {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        std::mem::take(&mut *inbox.0.lock().unwrap())
    };
    let first = told(83).await;
    let count = |kind: &str| first.iter().filter(|(_, event)| event["type"] == kind).count();
    assert_eq!(
        (
            count("organization.created"),
            count("user.created"),
            count("organizationMembership.created"),
            count("session.created"),
            count("role.created"),
            count("permission.created")
        ),
        (2, 26, 27, 16, 5, 7)
    );
    assert_eq!(first[0].1["type"], "permission.created");
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let after = told(1).await;
    assert_eq!(
        (&after[0].1["type"], &after[0].1["data"]["user_id"]),
        (&json!("session.created"), &json!("user_local_ada"))
    );
    clerk.stop();
    let again = start(folder.path(), &url).await;
    let second = told(84).await;
    assert!(first.iter().all(|(id, _)| second.iter().any(|(other, _)| other == id)));
    again.stop();
}

#[tokio::test]
async fn keys_and_sessions_survive_a_restart_and_only_their_owner_can_read_them() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let (secret, token) = (clerk.secret_key().to_owned(), browser.cookies["__session"].clone());
    clerk.stop();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    browser.base = clerk.api_url();
    let session = browser.claims(&token).await["sid"].as_str().unwrap().to_owned();
    assert_eq!(clerk.secret_key(), secret);
    assert_eq!(browser.post(&format!("/v1/client/sessions/{session}/tokens"), &[]).await.status(), StatusCode::OK);
    for file in ["identity.json", "state.json"] {
        assert_eq!(std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    assert!(!format!("{clerk:?}").contains(&secret));
}

#[tokio::test]
async fn it_never_serves_an_https_origin_of_others_and_says_which_file_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    let options = |origin: &str| Options {
        data_dir: folder.path().to_owned(),
        public_origin: origin.to_owned(),
        webhook_url: String::new(),
        ..Options::default()
    };
    assert!(matches!(local_clerk::start(options("https://admin.example.com")).await, Err(StartError::Https)));
    std::fs::write(folder.path().join("identity.json"), "{").unwrap();
    let Err(error) = local_clerk::start(options(ORIGIN)).await else { panic!("it started") };
    assert!(error.to_string().contains("identity.json") && error.to_string().contains("delete it"), "{error}");
}

#[tokio::test]
async fn a_browser_without_a_name_is_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    let seen: Value = browser.get("/v1/client").await.json().await.unwrap();
    assert_eq!(seen["response"]["sessions"], json!([]));
}

#[tokio::test]
async fn a_sign_in_goes_step_by_step_and_ends_with_a_session() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    let begun: Value =
        browser.post("/v1/client/sign_ins", &[("identifier", "grace@example.com")]).await.json().await.unwrap();
    assert_eq!(begun["response"]["status"], "needs_first_factor");
    let path = format!("/v1/client/sign_ins/{}", begun["response"]["id"].as_str().unwrap());
    let password = async |browser: &mut Browser, text: &str| {
        let form = [("strategy", "password"), ("password", text)];
        browser.post(&format!("{path}/attempt_first_factor"), &form).await
    };
    assert_eq!(password(&mut browser, "wrong").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let passed: Value = password(&mut browser, "compiler-no-3").await.json().await.unwrap();
    assert_eq!(
        (&passed["response"]["status"], &passed["client"]["sessions"]),
        (&json!("needs_second_factor"), &json!([]))
    );
    let code =
        browser.post(&format!("{path}/attempt_second_factor"), &[("strategy", "totp"), ("code", "000000")]).await;
    assert_eq!(code.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(Browser::new(&clerk).get(&path).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_session_works_for_the_organization_that_was_chosen_and_only_for_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let session = browser.session().await["sid"].as_str().unwrap().to_owned();
    let choose = async |browser: &mut Browser, organization: &str| {
        let form = [("active_organization_id", organization)];
        let status = browser.post(&format!("/v1/client/sessions/{session}/touch"), &form).await.status();
        let answer = browser.post(&format!("/v1/client/sessions/{session}/tokens"), &[]).await;
        let token: Value = answer.json().await.unwrap();
        (status, browser.claims(token["jwt"].as_str().unwrap()).await["o"]["id"].clone())
    };
    assert_eq!(choose(&mut browser, "org_local_society").await, (StatusCode::OK, json!("org_local_society")));
    assert_eq!(choose(&mut browser, "org_of_others").await, (StatusCode::NOT_FOUND, json!("org_local_society")));
    assert_eq!(choose(&mut browser, "").await, (StatusCode::OK, Value::Null));
}

#[tokio::test]
async fn troubles_come_on_demand_and_go_again() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let client = browser.client.clone();
    let switch = async |faults: Value| {
        let request = client.put(format!("{}/_local/faults", clerk.api_url())).json(&faults);
        request.bearer_auth(clerk.secret_key()).send().await.unwrap().status()
    };
    let put = client.put(format!("{}/_local/faults", clerk.api_url())).json(&json!({})).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(switch(json!({ "api": "frontend", "fail": 500 })).await, StatusCode::OK);
    assert_eq!(browser.get("/v1/client").await.status(), StatusCode::INTERNAL_SERVER_ERROR);
    switch(json!({ "clock_skew_s": 3600, "rotate_keys": true, "handshakes_without_azp": true })).await;
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
    switch(json!({})).await;
    assert_eq!(browser.get("/v1/client").await.status(), StatusCode::OK);
}
