//! The steps of a browser from sign-in to sign-out, over real HTTP.

mod support;

use local_clerk::{Options, StartError};
use reqwest::StatusCode;
use serde_json::{Value, json};
use support::{Browser, ORIGIN, cookieless_client, location, start, suffix_of};

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
async fn wrong_passwords_get_one_answer_and_are_rate_limited() {
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
async fn a_handshake_renews_cookies_and_returns_to_the_application_only() {
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
    let redeem = async || {
        let url = format!("{}/v1/clients/handshake_payload?nonce={nonce}", clerk.api_url());
        let answer = client.get(url).bearer_auth(clerk.secret_key()).send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let (status, payload) = redeem().await;
    assert_eq!((status, payload["directives"].as_array().unwrap().len()), (StatusCode::OK, 6));
    assert_eq!(redeem().await.0, StatusCode::NOT_FOUND);
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
async fn a_stale_sign_in_is_fresh_after_the_password() {
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
    let answer = cookieless_client().post(&tokens).header("origin", ORIGIN).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_backend_api_requires_the_secret_key_and_revokes_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let session = browser.session().await["sid"].as_str().unwrap().to_owned();
    let client = cookieless_client();
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

#[tokio::test]
async fn keys_and_sessions_survive_a_restart_and_only_their_owner_can_read_them() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let (secret, token) = (clerk.secret_key().to_owned(), browser.cookies["__session"].clone());
    drop(clerk);
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
async fn a_foreign_https_origin_and_a_broken_file_stop_the_start() {
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
async fn a_browser_without_cookies_has_no_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let mut browser = Browser::new(&clerk);
    let seen: Value = browser.get("/v1/client").await.json().await.unwrap();
    assert_eq!(seen["response"]["sessions"], json!([]));
}

#[tokio::test]
async fn a_sign_in_takes_one_factor_after_the_other() {
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
async fn a_session_can_activate_only_organizations_of_its_user() {
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
