//! Things that end with time: codes, attempts, ended sessions, unconfirmed authenticator apps.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod people;
mod support;

use local_clerk::LocalClerk;
use people::{NOWHERE, call, code_of, mailed_code, manage, other_code, read};
use serde_json::json;
use support::{Browser, cookieless_client, start, totp_code};

const MINUTE_S: u64 = 60;
const WEEK_S: u64 = 7 * 86_400;

async fn advance(clerk: &LocalClerk, seconds: u64) {
    let request = cookieless_client().post(format!("{}/_local/clock", clerk.api_url())).bearer_auth(clerk.secret_key());
    let answer = request.json(&json!({ "forward_ms": seconds * 1000 })).send().await.unwrap();
    assert!(answer.status().is_success());
}

#[tokio::test]
async fn a_code_is_valid_for_ten_minutes_and_a_new_one_replaces_it() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let path = format!("/v1/client/sessions/{}/verify", browser.session().await["sid"].as_str().unwrap());
    let (prepare, attempt) = (format!("{path}/prepare_first_factor"), format!("{path}/attempt_first_factor"));
    let strategy = ("strategy", "email_code");
    let sent = async |browser: &mut Browser| {
        call(browser, &prepare, &[strategy]).await;
        mailed_code(browser, "ada@example.com").await
    };
    let code = sent(&mut browser).await;
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    advance(&clerk, 10 * MINUTE_S - 5).await;
    let spaced = format!(" {code}");
    assert_eq!(call(&mut browser, &attempt, &[strategy, ("code", &spaced)]).await.1["response"]["status"], "complete");
    let code = sent(&mut browser).await;
    advance(&clerk, 10 * MINUTE_S).await;
    let (status, refused) = call(&mut browser, &attempt, &[strategy, ("code", &code)]).await;
    assert_eq!((status, code_of(&refused)), (400, "verification_expired"));
    let code = sent(&mut browser).await;
    for _ in 0..5 {
        let (_, refused) = call(&mut browser, &attempt, &[strategy, ("code", other_code(&code))]).await;
        assert_eq!(code_of(&refused), "form_code_incorrect");
    }
    assert_eq!(code_of(&call(&mut browser, &attempt, &[strategy, ("code", &code)]).await.1), "verification_failed");
    let code = sent(&mut browser).await;
    assert_eq!(call(&mut browser, &attempt, &[strategy, ("code", &code)]).await.1["response"]["status"], "complete");
}

#[tokio::test]
async fn a_session_is_listed_for_a_week_after_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    assert_eq!(manage(&clerk, "/sessions/sess_local_babbage_0/revoke", json!({})).await.1["status"], "revoked");
    advance(&clerk, WEEK_S - 5).await;
    assert_eq!(read(&clerk, "/sessions/sess_local_babbage_0").await["status"], "revoked");
    advance(&clerk, 10).await;
    assert_eq!(code_of(&read(&clerk, "/sessions/sess_local_babbage_0").await), "resource_not_found");
}

#[tokio::test]
async fn a_session_that_expires_is_pruned_like_one_that_was_ended() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    assert_eq!(read(&clerk, "/users/count?last_active_at_since=0").await["total_count"], 12);
    for _ in 0..3 {
        advance(&clerk, WEEK_S).await;
    }
    assert_eq!(read(&clerk, "/users/count?last_active_at_since=0").await["total_count"], 0);
}

#[tokio::test]
async fn abandoned_attempts_are_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let (mut ada, mut new, mut max) = (Browser::new(&clerk), Browser::new(&clerk), Browser::new(&clerk));
    let (_, sign_in) = call(&mut ada, "/v1/client/sign_ins", &[("identifier", "ada@example.com")]).await;
    let (_, sign_up) = call(&mut new, "/v1/client/sign_ups", &[("email_address", "new@example.com")]).await;
    max.sign_in("max@example.com", "member-no-2").await;
    let secret = call(&mut max, "/v1/me/totp", &[]).await.1["response"]["secret"].as_str().unwrap().to_owned();
    let sign_in = format!("/v1/client/sign_ins/{}", sign_in["response"]["id"].as_str().unwrap());
    let sign_up = format!("/v1/client/sign_ups/{}", sign_up["response"]["id"].as_str().unwrap());
    advance(&clerk, 10 * MINUTE_S - 5).await;
    assert!(ada.get(&sign_in).await.status() == 200 && new.get(&sign_up).await.status() == 200);
    advance(&clerk, 10).await;
    assert!(ada.get(&sign_in).await.status() == 404 && new.get(&sign_up).await.status() == 404);
    let code = totp_code(&secret, 10 * MINUTE_S + 5);
    let (_, refused) = call(&mut max, "/v1/me/totp/attempt_verification", &[("code", &code)]).await;
    assert_eq!(code_of(&refused), "form_code_incorrect");
}
