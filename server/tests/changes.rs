//! What is left of a change when something breaks in the middle: nobody waits any more, or Clerk fails.
#![cfg(feature = "local-clerk")]

mod support;

use http::StatusCode;
use serde_json::json;
use support::place::{Place, ada};

#[tokio::test]
async fn whoever_hangs_up_does_not_keep_the_log_from_saying_what_was_done() {
    let place = Place::new().await;
    place.sync().await;
    place.faults(json!({ "api": "backend", "slow_ms": 300 })).await;
    let (ada, body) = (ada(), "user_id=user_local_turing");
    let call = place.call(&ada, "ban_user", body);
    assert!(tokio::time::timeout(std::time::Duration::from_millis(100), call).await.is_err(), "nobody waits");
    let banned = ("ban_user".to_owned(), "done".to_owned(), "banned".to_owned());
    for _ in 0..100 {
        if place.audit().await.contains(&banned) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(place.audit().await.contains(&banned));
    place.faults(json!({})).await;
    assert_eq!(place.at_clerk("users/user_local_turing").await["banned"], true);
}

#[tokio::test]
async fn what_clerk_refuses_is_written_down_and_what_it_cannot_say_is_an_outage() {
    let place = Place::new().await;
    place.sync().await;
    place.faults(json!({ "api": "backend", "fail": 500 })).await;
    let down = place.call(&ada(), "lock_user", "user_id=user_local_turing").await;
    assert_eq!((down.status, down.json()), (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": "unavailable" })));
    place.faults(json!({})).await;
    place.call(&ada(), "change_role", "user_id=user_local_turing&role=emperor").await;
    place.town.settle().await;
    let audit = place.audit().await;
    assert!(audit.contains(&("lock_user".into(), "unavailable".into(), String::new())), "{audit:?}");
    assert!(audit.contains(&("change_role".into(), "invalid_input".into(), String::new())), "{audit:?}");
}

#[tokio::test]
async fn one_session_that_does_not_end_keeps_none_of_the_others() {
    let place = Place::new().await;
    place.sync().await;
    // Charles has two; the first answer of Clerk to ending one is a failure.
    place.faults(json!({ "api": "backend", "path": "/v1/sessions/", "fail": 500, "fail_times": 1 })).await;
    let answer = place.call(&ada(), "sign_out_everywhere", "user_id=user_local_babbage").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let left = place.at_clerk("sessions?user_id=user_local_babbage&status=active").await;
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert!(place.audit().await.contains(&("sign_out_everywhere".into(), "done".into(), "1 revoked, not all".into())));
    place.done("sign_out_everywhere", "user_id=user_local_babbage").await;
    assert_eq!(place.at_clerk("sessions?user_id=user_local_babbage&status=active").await, json!([]));
}
