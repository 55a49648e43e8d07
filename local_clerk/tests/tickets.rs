//! Links that sign a user in: sign-in tokens and impersonation.

mod people;
mod support;

use people::{Application, NOWHERE, call, code_of, get_json, manage, ticket_in};
use serde_json::{Value, json};
use std::time::Duration;
use support::{Browser, location, start};

async fn redeem_ticket(browser: &mut Browser, ticket: &str) -> (u16, Value) {
    call(browser, "/v1/client/sign_ins", &[("strategy", "ticket"), ("ticket", ticket)]).await
}

#[tokio::test]
async fn a_sign_in_token_works_once_until_it_expires_or_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let (status, made) = manage(&clerk, "/sign_in_tokens", json!({ "user_id": "user_local_grace" })).await;
    assert_eq!((status, code_of(&made)), (404, "resource_not_found"));
    let wish = json!({ "user_id": "user_local_hopper" });
    let (_, made) = manage(&clerk, "/sign_in_tokens", wish.clone()).await;
    let url = made["url"].as_str().unwrap();
    assert!(url.starts_with("http://localhost:3000/sign-in?__clerk_ticket="), "{url}");
    assert_eq!((&made["status"], ticket_in(url)), (&json!("pending"), made["token"].as_str().unwrap().to_owned()));
    let mut browser = Browser::new(&clerk);
    let (_, came) = redeem_ticket(&mut browser, &ticket_in(url)).await;
    assert_eq!(
        (&came["response"]["status"], &came["client"]["sessions"][0]["actor"]),
        (&json!("complete"), &Value::Null)
    );
    let (status, again) = redeem_ticket(&mut Browser::new(&clerk), &ticket_in(url)).await;
    assert_eq!((status, code_of(&again)), (400, "sign_in_token_already_used_code"));
    let (_, made) = manage(&clerk, "/sign_in_tokens", wish.clone()).await;
    let revoke = format!("/sign_in_tokens/{}/revoke", made["id"].as_str().unwrap());
    assert_eq!(manage(&clerk, &revoke, json!({})).await.1["status"], "revoked");
    assert_eq!(code_of(&manage(&clerk, &revoke, json!({})).await.1), "sign_in_token_cannot_be_revoked_code");
    let (_, refused) = redeem_ticket(&mut browser, made["token"].as_str().unwrap()).await;
    assert_eq!(code_of(&refused), "sign_in_token_revoked_code");
    let short = json!({ "user_id": "user_local_hopper", "expires_in_seconds": 1 });
    let (_, made) = manage(&clerk, "/sign_in_tokens", short).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(code_of(&redeem_ticket(&mut browser, made["token"].as_str().unwrap()).await.1), "ticket_expired_code");
    for nonsense in ["", "made-up"] {
        assert_eq!(code_of(&redeem_ticket(&mut browser, nonsense).await.1), "ticket_invalid_code");
    }
}

#[tokio::test]
async fn an_impersonation_names_the_actor_in_token_session_and_event() {
    let folder = tempfile::tempdir().unwrap();
    let (application, url) = Application::start().await;
    let clerk = start(folder.path(), &url).await;
    let nobody = manage(&clerk, "/actor_tokens", json!({ "user_id": "user_local_max", "actor": {} })).await;
    assert_eq!((nobody.0, code_of(&nobody.1)), (422, "form_param_missing"));
    let wish = json!({
        "user_id": "user_local_max", "actor": { "sub": "user_local_ada" }, "expires_in_seconds": 60,
        "session_max_duration_in_seconds": 1,
    });
    let (_, made) = manage(&clerk, "/actor_tokens", wish).await;
    assert_eq!((&made["object"], &made["actor"]["sub"]), (&json!("actor_token"), &json!("user_local_ada")));
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let (_, came) = redeem_ticket(&mut browser, made["token"].as_str().unwrap()).await;
    let session = came["response"]["created_session_id"].as_str().unwrap().to_owned();
    let own =
        came["client"]["sessions"].as_array().unwrap().iter().find(|found| found["id"] == session.as_str()).unwrap();
    assert_eq!(own["actor"], json!({ "sub": "user_local_ada" }));
    let (_, token) = call(&mut browser, &format!("/v1/client/sessions/{session}/tokens"), &[]).await;
    let claims = browser.claims(token["jwt"].as_str().unwrap()).await;
    assert_eq!((&claims["sub"], &claims["act"]), (&json!("user_local_max"), &json!({ "sub": "user_local_ada" })));
    let page = browser.get("/hosted/").await.text().await.unwrap();
    assert!(page.contains("Max Mustermann") && page.contains("Impersonated by Ada Lovelace"), "{page}");
    let heard = application.received("session.created", |found| found["id"] == session.as_str()).await;
    assert_eq!(heard["actor"]["sub"], "user_local_ada");
    // It ends at its lifetime, and the impersonator's own session is active again.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(browser.post(&format!("/v1/client/sessions/{session}/tokens"), &[]).await.status(), 401);
    assert_eq!(get_json(&mut browser, "/v1/me").await["response"]["id"], "user_local_ada");
    let again = redeem_ticket(&mut Browser::new(&clerk), made["token"].as_str().unwrap()).await;
    assert_eq!(code_of(&again.1), "actor_token_already_used_code");
}

#[tokio::test]
async fn the_plain_page_uses_a_link_only_when_its_button_is_pressed() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), NOWHERE).await;
    let wish = json!({ "user_id": "user_local_max", "actor": { "sub": "user_local_ada" } });
    let (_, made) = manage(&clerk, "/actor_tokens", wish).await;
    let token = made["token"].as_str().unwrap();
    let mut browser = Browser::new(&clerk);
    for _ in 0..2 {
        let page = browser.get(&format!("/hosted/sign-in?__clerk_ticket={token}")).await.text().await.unwrap();
        assert!(
            page.contains("Continue as Max Mustermann") && page.contains("Ada Lovelace will impersonate this user"),
            "{page}"
        );
    }
    let foreign =
        browser.client.post(format!("{}/hosted/ticket", clerk.api_url())).header("origin", "https://evil.example");
    assert_eq!(browser.send(foreign.form(&[("ticket", token)])).await.status(), 403);
    let came = browser.post("/hosted/ticket", &[("ticket", token), ("redirect_url", "/admin")]).await;
    assert_eq!(location(&came), "http://localhost:3000/admin");
    assert_eq!(browser.session().await["act"]["sub"], "user_local_ada");
    let again = browser.post("/hosted/ticket", &[("ticket", token)]).await;
    assert_eq!(again.status(), 400);
    assert!(again.text().await.unwrap().contains("This link was already used."));
}
