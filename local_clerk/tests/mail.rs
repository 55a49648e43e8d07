//! Codes by email: for a sign-in, for a forgotten password, for a reverification.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod people;
mod support;

use people::{Application, NOWHERE, call, code_of, get_json, mailed_code, manage, other_code};
use serde_json::{Value, json};
use support::{Browser, start};

async fn begin_sign_in(browser: &mut Browser, email: &str) -> (String, Value) {
    let (_, begun) = call(browser, "/v1/client/sign_ins", &[("identifier", email)]).await;
    (format!("/v1/client/sign_ins/{}", begun["response"]["id"].as_str().unwrap()), begun["response"].clone())
}

#[tokio::test]
async fn a_code_signs_in_once_and_its_email_is_a_webhook() {
    let folder = tempfile::tempdir().unwrap();
    let (application, url) = Application::start().await;
    let clerk = start(folder.path(), &url).await;
    let mut browser = Browser::new(&clerk);
    let (path, begun) = begin_sign_in(&mut browser, "ada@example.com").await;
    let factor = begun["supported_first_factors"].as_array().unwrap();
    let factor = factor.iter().find(|factor| factor["strategy"] == "email_code").unwrap();
    assert_eq!(factor["safe_identifier"], "a***@example.com");
    let form = [("strategy", "email_code"), ("email_address_id", factor["email_address_id"].as_str().unwrap())];
    let (status, sent) = call(&mut browser, &format!("{path}/prepare_first_factor"), &form).await;
    assert_eq!((status, &sent["response"]["first_factor_verification"]["status"]), (200, &json!("unverified")));
    let code = mailed_code(&mut browser, "ada@example.com").await;
    let attempt = async |browser: &mut Browser, path: &str, code: &str| {
        let form = [("strategy", "email_code"), ("code", code)];
        call(browser, &format!("{path}/attempt_first_factor"), &form).await
    };
    let (status, refused) = attempt(&mut browser, &path, other_code(&code)).await;
    assert_eq!(
        (status, code_of(&refused), &refused["errors"][0]["meta"]["param_name"]),
        (422, "form_code_incorrect", &json!("code"))
    );
    let mut other = Browser::new(&clerk);
    assert_eq!(attempt(&mut other, &path, &code).await.0, 404);
    let (elsewhere, _) = begin_sign_in(&mut other, "max@example.com").await;
    assert_eq!(code_of(&attempt(&mut other, &elsewhere, &code).await.1), "verification_expired");
    let (status, passed) = attempt(&mut browser, &path, &code).await;
    assert_eq!((status, &passed["response"]["status"]), (200, &json!("complete")));
    assert_eq!(passed["client"]["sessions"][0]["user"]["id"], "user_local_ada");
    assert_eq!(attempt(&mut browser, &path, &code).await.0, 404);
    let mail = application.received("email.created", |mail| mail["to_email_address"] == "ada@example.com").await;
    assert_eq!(
        (&mail["object"], &mail["slug"], &mail["data"]["otp_code"]),
        (&json!("email"), &json!("verification_code"), &json!(code))
    );
}

#[tokio::test]
async fn five_wrong_codes_invalidate_a_code_and_emails_to_one_address_are_limited() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    let (path, _) = begin_sign_in(&mut browser, "max@example.com").await;
    let prepare = format!("{path}/prepare_first_factor");
    call(&mut browser, &prepare, &[("strategy", "email_code")]).await;
    let code = mailed_code(&mut browser, "max@example.com").await;
    let attempt = format!("{path}/attempt_first_factor");
    for _ in 0..5 {
        call(&mut browser, &attempt, &[("strategy", "email_code"), ("code", other_code(&code))]).await;
    }
    let (status, refused) = call(&mut browser, &attempt, &[("strategy", "email_code"), ("code", &code)]).await;
    assert_eq!((status, code_of(&refused)), (400, "verification_failed"));
    let mut last = 200;
    for _ in 0..10 {
        last = call(&mut browser, &prepare, &[("strategy", "email_code")]).await.0;
    }
    assert_eq!(last, 429);
    let (status, refused) = call(&mut browser, "/v1/client/sign_ins", &[("identifier", "nobody@example.com")]).await;
    assert_eq!((status, code_of(&refused)), (422, "form_identifier_not_found"));
}

#[tokio::test]
async fn a_password_is_reset_after_a_code_and_the_second_factor_stays() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    for (email, status_after) in [("max@example.com", "complete"), ("grace@example.com", "needs_second_factor")] {
        let mut browser = Browser::new(&clerk);
        let (path, _) = begin_sign_in(&mut browser, email).await;
        let reset = format!("{path}/reset_password");
        assert_eq!(call(&mut browser, &reset, &[("password", "new-password-1")]).await.0, 422);
        let strategy = ("strategy", "reset_password_email_code");
        call(&mut browser, &format!("{path}/prepare_first_factor"), &[strategy]).await;
        let code = mailed_code(&mut browser, email).await;
        let attempt = format!("{path}/attempt_first_factor");
        assert_eq!(call(&mut browser, &attempt, &[("strategy", "email_code"), ("code", &code)]).await.0, 400);
        let (_, passed) = call(&mut browser, &attempt, &[strategy, ("code", &code)]).await;
        assert_eq!(passed["response"]["status"], "needs_new_password");
        let (_, short) = call(&mut browser, &reset, &[("password", "short")]).await;
        assert_eq!(code_of(&short), "form_password_length_too_short");
        let (_, done) = call(&mut browser, &reset, &[("password", "new-password-1")]).await;
        assert_eq!(done["response"]["status"], status_after, "{email}");
    }
    let mut browser = Browser::new(&clerk);
    assert_eq!(browser.sign_in("max@example.com", "member-no-2").await.status(), 422);
    assert_eq!(browser.sign_in("max@example.com", "new-password-1").await.status(), 303);
}

#[tokio::test]
async fn a_code_refreshes_a_stale_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    browser.post("/hosted/age?minutes=10", &[]).await;
    let path = format!("/v1/client/sessions/{}/verify", browser.session().await["sid"].as_str().unwrap());
    let (_, begun) = call(&mut browser, &path, &[("level", "first_factor")]).await;
    assert_eq!(begun["response"]["supported_first_factors"][1]["strategy"], "email_code");
    call(&mut browser, &format!("{path}/prepare_first_factor"), &[("strategy", "email_code")]).await;
    let code = mailed_code(&mut browser, "ada@example.com").await;
    let attempt = format!("{path}/attempt_first_factor");
    let refused = call(&mut browser, &attempt, &[("strategy", "email_code"), ("code", other_code(&code))]).await;
    assert_eq!(refused.0, 422);
    let (_, passed) = call(&mut browser, &attempt, &[("strategy", "email_code"), ("code", &code)]).await;
    assert_eq!(passed["response"]["status"], "complete");
    assert_eq!(passed["client"]["sessions"][0]["factor_verification_age"], json!([0, -1]));
    assert_eq!(call(&mut browser, &attempt, &[("strategy", "email_code"), ("code", &code)]).await.0, 400);
}

#[tokio::test]
async fn a_locked_or_banned_user_cannot_sign_in_in_any_way() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    for (change, word) in [("lock", "user_locked"), ("ban", "user_banned")] {
        let mut browser = Browser::new(&clerk);
        let (_, link) = manage(&clerk, "/sign_in_tokens", json!({ "user_id": "user_local_max" })).await;
        let (path, _) = begin_sign_in(&mut browser, "max@example.com").await;
        call(&mut browser, &format!("{path}/prepare_first_factor"), &[("strategy", "email_code")]).await;
        let code = mailed_code(&mut browser, "max@example.com").await;
        manage(&clerk, &format!("/users/user_local_max/{change}"), json!({})).await;
        let attempt = format!("{path}/attempt_first_factor");
        for form in
            [[("strategy", "email_code"), ("code", &code)], [("strategy", "password"), ("password", "member-no-2")]]
        {
            let (status, refused) = call(&mut browser, &attempt, &form).await;
            assert_eq!((status, code_of(&refused)), (403, word));
        }
        let form = [("strategy", "ticket"), ("ticket", link["token"].as_str().unwrap())];
        let (status, refused) = call(&mut browser, "/v1/client/sign_ins", &form).await;
        assert_eq!((status, code_of(&refused)), (403, word));
        assert_eq!(get_json(&mut browser, "/v1/client").await["response"]["sessions"], json!([]));
        manage(&clerk, &format!("/users/user_local_max/un{change}"), json!({})).await;
    }
}
