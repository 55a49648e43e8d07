//! The clock, which tests advance instead of waiting.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use local_clerk::LocalClerk;
use reqwest::StatusCode;
use serde_json::{Value, json};
use support::{Browser, cookieless_client, start};

async fn advance(clerk: &LocalClerk, change: Value) -> (StatusCode, Value) {
    let request = cookieless_client().post(format!("{}/_local/clock", clerk.api_url())).json(&change);
    let answer = request.bearer_auth(clerk.secret_key()).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn tokens_carry_the_advanced_time_and_another_instance_is_unaffected() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let clerk = start(folders[0].path(), "http://127.0.0.1:9/").await;
    let another = start(folders[1].path(), "http://127.0.0.1:9/").await;
    let now_s = advance(&clerk, json!({ "forward_ms": 0 })).await.1["now_ms"].as_i64().unwrap() / 1000;
    let (status, turned) = advance(&clerk, json!({ "forward_ms": 691_200_000 })).await;
    assert_eq!(status, StatusCode::OK);
    let ahead_s = turned["now_ms"].as_i64().unwrap() / 1000 - now_s;
    assert!((691_200..691_230).contains(&ahead_s), "{ahead_s}");
    for (clerk, ahead_s) in [(&clerk, 691_200), (&another, 0)] {
        let mut browser = Browser::new(clerk);
        browser.sign_in("ada@example.com", "engine-no-1").await;
        let stamped_s = browser.session().await["iat"].as_i64().unwrap();
        assert!((ahead_s..ahead_s + 30).contains(&(stamped_s - now_s)), "{stamped_s} {now_s}");
    }
}

#[tokio::test]
async fn the_clock_cannot_be_set_back() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    assert_eq!(advance(&clerk, json!({ "forward_ms": -1 })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(advance(&clerk, json!({ "backward_ms": 1 })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn only_the_secret_key_advances_the_clock() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let request =
        cookieless_client().post(format!("{}/_local/clock", clerk.api_url())).json(&json!({ "forward_ms": 1 }));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}
