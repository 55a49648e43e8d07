//! Commands that fail halfway: the client disconnects, or Clerk fails.
#![cfg(feature = "local-clerk")]

mod support;

use http::StatusCode;
use serde_json::json;
use support::app_with_clerk::{AppWithClerk, ada};

#[tokio::test]
async fn a_disconnected_client_does_not_lose_the_audit_entry() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    setup.set_clerk_faults(json!({ "api": "backend", "slow_ms": 300 })).await;
    let (ada, body) = (ada(), "user_id=user_local_turing");
    let call = setup.call(&ada, "remove_member", body);
    assert!(tokio::time::timeout(std::time::Duration::from_millis(100), call).await.is_err(), "nobody waits");
    let removed = ("remove_member".to_owned(), "done".to_owned(), "removed".to_owned());
    for _ in 0..100 {
        if setup.audit_log().await.contains(&removed) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(setup.audit_log().await.contains(&removed));
    setup.set_clerk_faults(json!({})).await;
    let memberships = setup.fetch_from_clerk("users/user_local_turing/organization_memberships").await;
    assert_eq!(memberships["total_count"], 0);
}

#[tokio::test]
async fn a_command_that_clerk_does_not_answer_is_looked_up_afterwards() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    setup.set_clerk_faults(json!({ "api": "backend", "fail": 500 })).await;
    let down = setup.call(&ada(), "remove_member", "user_id=user_local_turing").await;
    assert_eq!((down.status, down.json()), (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": "unavailable" })));
    // Nobody knows yet whether Clerk has removed the member.
    assert!(setup.audit_log().await.is_empty());
    assert_eq!(setup.settle_commands(60).await, 0, "Clerk does not answer");
    setup.set_clerk_faults(json!({})).await;
    assert_eq!(setup.settle_commands(120).await, 1);
    setup.call(&ada(), "change_role", "user_id=user_local_turing&role=emperor").await;
    setup.app.wait_for_refusals().await;
    let audit = setup.audit_log().await;
    assert!(audit.contains(&("remove_member".into(), "not_done".into(), String::new())), "{audit:?}");
    assert!(audit.contains(&("change_role".into(), "invalid_input".into(), String::new())), "{audit:?}");
}

#[tokio::test]
async fn a_command_that_clerk_makes_late_is_logged_as_done() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    setup.set_clerk_faults(json!({ "api": "backend", "fail": 500 })).await;
    setup.call(&ada(), "ban_user", "user_id=user_local_turing").await; // example:line users
    setup.set_clerk_faults(json!({})).await;
    assert_eq!(setup.settle_commands(6).await, 0, "Clerk may still be working on it");
    setup.post_to_clerk("users/user_local_turing/ban", json!({})).await;
    assert_eq!(setup.settle_commands(60).await, 1);
    assert_eq!(setup.audit_log().await, [("ban_user".into(), "done".into(), "banned".into())]);
}

#[tokio::test]
async fn one_failed_revocation_does_not_stop_the_others() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    // Charles has two sessions. Clerk fails once, for the first of them.
    setup.set_clerk_faults(json!({ "api": "backend", "path": "/v1/sessions/", "fail": 500, "fail_times": 1 })).await;
    let response = setup.call(&ada(), "sign_out_everywhere", "user_id=user_local_babbage").await;
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
    let left = setup.fetch_from_clerk("sessions?user_id=user_local_babbage&status=active").await;
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert!(setup.audit_log().await.contains(&(
        "sign_out_everywhere".into(),
        "done".into(),
        "1 revoked, not all".into()
    )));
    setup.call_ok("sign_out_everywhere", "user_id=user_local_babbage").await;
    assert_eq!(setup.fetch_from_clerk("sessions?user_id=user_local_babbage&status=active").await, json!([]));
}
