//! Several accounts in one browser, each with its own sessions, password and authenticator app.

mod people;
mod support;

use people::{NOWHERE, call, code_of, get_json};
use serde_json::json;
use support::{Browser, start, totp_code};

#[tokio::test]
async fn a_second_account_gets_its_own_session_and_the_client_id_changes() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let (ada, before) =
        (browser.session().await["sid"].as_str().unwrap().to_owned(), browser.cookies["__client"].clone());
    browser.sign_in("max@example.com", "member-no-2").await;
    let max = browser.session().await["sid"].as_str().unwrap().to_owned();
    let seen = get_json(&mut browser, "/v1/client").await["response"].clone();
    assert_eq!((seen["sessions"].as_array().unwrap().len(), &seen["last_active_session_id"]), (2, &json!(max)));
    // The old client id is invalid.
    let mut thief = Browser::new(&clerk);
    thief.cookies.insert("__client".to_owned(), before);
    assert_eq!(get_json(&mut thief, "/v1/client").await["response"]["sessions"], json!([]));
    assert_eq!(thief.post(&format!("/v1/client/sessions/{ada}/tokens"), &[]).await.status(), 401);
    // Both sessions have tokens, and one is active.
    assert_eq!(browser.post(&format!("/v1/client/sessions/{ada}/tokens"), &[]).await.status(), 200);
    let (_, touched) =
        call(&mut browser, &format!("/v1/client/sessions/{ada}/touch"), &[("intent", "select_session")]).await;
    assert_eq!(touched["client"]["last_active_session_id"], json!(ada));
    let back = browser.get("/v1/client/handshake?redirect_url=http%3A%2F%2Flocalhost%3A3000%2F").await;
    let token = support::location(&back).split("__clerk_handshake=").nth(1).unwrap().to_owned();
    let brought = browser.claims(&token).await["handshake"][0].as_str().unwrap().to_owned();
    let token = brought.trim_start_matches("__session=").split(';').next().unwrap().to_owned();
    assert_eq!(browser.claims(&token).await["sub"], "user_local_ada");
    let named = get_json(&mut browser, &format!("/v1/me?_clerk_session_id={max}")).await;
    assert_eq!(named["response"]["id"], "user_local_max");
    // The end of one session leaves the other.
    let (_, ended) = call(&mut browser, &format!("/v1/client/sessions/{ada}/remove"), &[]).await;
    assert_eq!(
        (ended["client"]["sessions"].as_array().unwrap().len(), &ended["client"]["last_active_session_id"]),
        (1, &json!(max))
    );
}

#[tokio::test]
async fn one_account_has_one_session_in_a_browser() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let first = browser.session().await["sid"].clone();
    let (status, refused) = call(&mut browser, "/v1/client/sign_ins", &[("identifier", "ada@example.com")]).await;
    assert_eq!((status, code_of(&refused)), (400, "identifier_already_signed_in"));
    assert_eq!(refused["errors"][0]["meta"]["session_id"], first);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    assert_ne!(browser.session().await["sid"], first);
    assert_eq!(get_json(&mut browser, "/v1/client").await["response"]["sessions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_plain_page_switches_only_between_own_accounts() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let (mut browser, mut other) = (Browser::new(&clerk), Browser::new(&clerk));
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let ada = browser.session().await["sid"].as_str().unwrap().to_owned();
    browser.sign_in("max@example.com", "member-no-2").await;
    other.sign_in("max@example.com", "member-no-2").await;
    other.post("/hosted/switch", &[("session", &ada)]).await;
    assert_eq!(other.session().await["sub"], "user_local_max");
    browser.post("/hosted/switch", &[("session", &ada)]).await;
    assert_eq!(browser.session().await["sub"], "user_local_ada");
    browser.post("/hosted/end", &[]).await;
    assert_eq!(browser.session().await["sub"], "user_local_max");
}

#[tokio::test]
async fn users_list_and_revoke_only_their_own_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let (mut here, mut there, mut cookieless_client) =
        (Browser::new(&clerk), Browser::new(&clerk), Browser::new(&clerk));
    here.sign_in("ada@example.com", "engine-no-1").await;
    there.sign_in("ada@example.com", "engine-no-1").await;
    cookieless_client.sign_in("max@example.com", "member-no-2").await;
    let listed = get_json(&mut here, "/v1/me/sessions/active").await;
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let revoke = format!("/v1/me/sessions/{}/revoke", there.session().await["sid"].as_str().unwrap());
    assert_eq!(call(&mut cookieless_client, &revoke, &[]).await.0, 404);
    assert_eq!(call(&mut here, &revoke, &[]).await.1["response"]["status"], "revoked");
    assert_eq!(there.get("/v1/me").await.status(), 401);
    there.sign_in("ada@example.com", "engine-no-1").await;
    let form =
        [("current_password", "engine-no-1"), ("new_password", "engine-no-2"), ("sign_out_of_other_sessions", "true")];
    assert_eq!(call(&mut here, "/v1/me/change_password", &form).await.0, 200);
    assert_eq!((there.get("/v1/me").await.status().as_u16(), here.get("/v1/me").await.status().as_u16()), (401, 200));
}

#[tokio::test]
async fn an_authenticator_app_is_required_after_its_first_code() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("max@example.com", "member-no-2").await;
    let (_, begun) = call(&mut browser, "/v1/me/totp", &[]).await;
    assert!(begun["response"]["uri"].as_str().unwrap().starts_with("otpauth://totp/"));
    let (_, refused) = call(&mut browser, "/v1/me/totp/attempt_verification", &[("code", "12345")]).await;
    assert_eq!(code_of(&refused), "form_code_incorrect");
    assert_eq!(get_json(&mut browser, "/v1/me").await["response"]["totp_enabled"], false);
    let code = totp_code(begun["response"]["secret"].as_str().unwrap(), 0);
    let (_, verified) = call(&mut browser, "/v1/me/totp/attempt_verification", &[("code", &code)]).await;
    assert_eq!(verified["response"]["verified"], true);
    assert_eq!(Browser::new(&clerk).sign_in("max@example.com", "member-no-2").await.status(), 422);
    call(&mut browser, "/v1/me/totp?_method=DELETE", &[]).await;
    assert_eq!(Browser::new(&clerk).sign_in("max@example.com", "member-no-2").await.status(), 303);
}
