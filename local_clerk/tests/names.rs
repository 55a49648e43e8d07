//! Names with bidirectional control characters on the hosted pages.

mod support;

use serde_json::json;
use support::{Browser, cookieless_client, start};

#[tokio::test]
async fn a_name_does_not_change_the_text_direction_of_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let path = |rest: &str| format!("{}/v1/{rest}", clerk.api_url());
    for (rest, body) in [
        ("users/user_local_ada", json!({ "first_name": "Ada\u{202e}", "last_name": "\u{2069}Lovelace" })),
        ("organizations/org_local_society", json!({ "name": "Royal\u{2066} Society\u{61c}" })),
    ] {
        let answer =
            cookieless_client().patch(path(rest)).bearer_auth(clerk.secret_key()).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{rest}");
    }
    let mut browser = Browser::new(&clerk);
    browser.sign_in("ada@example.com", "engine-no-1").await;
    let page = browser.get("/hosted/").await.text().await.unwrap();
    assert!(page.contains("Ada Lovelace") && page.contains("Switch to Royal Society"), "{page}");
}
