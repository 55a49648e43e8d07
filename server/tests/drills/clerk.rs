//! Clerk is away, slow, busy or wrong while callers invite people.

use crate::answers::{Rows, count, new_caller, under_load};
use crate::support::app_with_clerk::AppWithClerk;
use crate::support::drill::fault_time;
use http::StatusCode;
use local_clerk::LocalClerk;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;

pub(crate) fn invitation_form(text: &str) -> String {
    format!("email_address={text}%40example.com&role=member")
}

fn text_of(address: &str) -> String {
    address.trim_end_matches("@example.com").to_owned()
}

/// The number of `done` entries by the text of the invited address.
pub(crate) async fn invitations_done(database_url: &str) -> Rows {
    let invitations = "select subject, count(*) from audit where outcome = 'done' \
         and operation = 'invite_member' group by subject";
    count(database_url, invitations).await.into_iter().map(|(address, times)| (text_of(&address), times)).collect()
}

/// The number of invitations at Clerk by the text of the address.
pub(crate) async fn invitations_at_clerk(clerk: &LocalClerk) -> Rows {
    let client = clerk::http_client::http_client(Duration::from_secs(30)).unwrap();
    let mut at_clerk = Rows::new();
    for offset in (0..).step_by(500) {
        let list = format!("organizations/{}/invitations?limit=500&offset={offset}", local_clerk::OPERATORS);
        let request = client.get(format!("{}/v1/{list}", clerk.api_url())).bearer_auth(clerk.secret_key());
        let page: Value = request.send().await.unwrap().json().await.unwrap();
        let found = page["data"].as_array().unwrap();
        for invitation in found {
            *at_clerk.entry(text_of(invitation["email_address"].as_str().unwrap())).or_default() += 1;
        }
        if found.len() < 500 {
            break;
        }
    }
    at_clerk
}

#[tokio::test]
async fn a_clerk_that_is_away_slow_busy_or_wrong_loses_no_command() {
    let faults: [(&str, Value, &[StatusCode]); 5] = [
        ("Clerk away", json!({ "api": "backend", "drop_connection": true }), &[StatusCode::SERVICE_UNAVAILABLE]),
        ("Clerk slow", json!({ "api": "backend", "slow_ms": 6000 }), &[StatusCode::SERVICE_UNAVAILABLE]),
        ("Clerk 500", json!({ "api": "backend", "fail": 500 }), &[StatusCode::SERVICE_UNAVAILABLE]),
        (
            "Clerk 429",
            json!({ "api": "backend", "fail": 429, "retry_after_s": 60 }),
            &[StatusCode::SERVICE_UNAVAILABLE],
        ),
        ("Clerk 404", json!({ "api": "backend", "fail": 404 }), &[StatusCode::NOT_FOUND]),
    ];
    for (drill, fault, allowed) in faults {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("drill.db").display());
        let setup = AppWithClerk::with(&[("DATABASE_URL", &database)]).await;
        let comes_and_goes = async {
            setup.set_clerk_faults(fault).await;
            tokio::time::sleep(fault_time()).await;
            setup.set_clerk_faults(json!({})).await;
        };
        let invite = async |text: &str| {
            Some(setup.call(&new_caller(text), "invite_member", &invitation_form(text)).await.status)
        };
        let answers = under_load(invite, comes_and_goes).await;
        setup.settle_commands(600).await;
        answers.assert_refused(drill);
        let (at_clerk, done) = (invitations_at_clerk(&setup.clerk).await, invitations_done(&database).await);
        answers.judge(drill, &done, allowed);
        // Every invitation that Clerk sent is in the audit log, also one whose answer was lost.
        let mails: HashMap<_, _> = answers.statuses.keys().map(|text| (text, at_clerk.get(text))).collect();
        let logged: HashMap<_, _> = answers.statuses.keys().map(|text| (text, done.get(text))).collect();
        assert_eq!(mails, logged, "{drill}");
    }
}
