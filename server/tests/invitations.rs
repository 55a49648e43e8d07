//! Invitations: sent, revoked, and sent again, which is two calls of Clerk.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use domain::permission::Permission;
use http::StatusCode;
use serde_json::{Value, json};
use support::Caller;
use support::app_with_clerk::{AppWithClerk, ada, ada_without};

fn names(rows: &Value, field: &str) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_invitation_is_sent_once_and_can_be_revoked() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    setup.call_ok("invite_member", "email_address=+new@example.com+&role=viewer").await;
    let open = setup.call_ok("list_invitations", "").await;
    assert_eq!(
        (names(&open, "email"), names(&open, "role")),
        (vec!["new@example.com".to_owned()], vec!["viewer".to_owned()])
    );
    let at_clerk = setup.fetch_from_clerk("organizations/org_local_engines/invitations?status=pending").await;
    assert_eq!(
        (&at_clerk["data"][0]["email_address"], &at_clerk["total_count"]),
        (&json!("new@example.com"), &json!(1))
    );
    for taken in ["new@example.com", "max@example.com"] {
        let again = setup.call(&ada(), "invite_member", &format!("email_address={taken}&role=viewer")).await;
        assert_eq!(again.json()["fields"], json!({ "email_address": "taken" }), "{taken}: {}", again.body);
    }
    let id = open[0]["id"].as_str().unwrap();
    let other_admin = Caller::admin_of_other_organization();
    let elsewhere = setup.call(&other_admin, "revoke_invitation", &format!("invitation_id={id}")).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    setup.call_ok("revoke_invitation", &format!("invitation_id={id}")).await;
    assert_eq!(setup.call_ok("list_invitations", "").await, json!([]));
    let again = setup.call(&ada(), "revoke_invitation", &format!("invitation_id={id}")).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let audit = setup.audit_log().await;
    assert!(audit.contains(&("invite_member".into(), "done".into(), "viewer".into())));
    assert!(audit.contains(&("revoke_invitation".into(), "done".into(), "revoked".into())));
}

#[tokio::test]
async fn an_invitation_is_sent_again_with_the_same_address_and_role() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    setup.call_ok("invite_member", "email_address=new@example.com&role=viewer").await;
    let first = setup.call_ok("list_invitations", "").await[0]["id"].as_str().unwrap().to_owned();
    let form = format!("invitation_id={first}");
    let elsewhere = setup.call(&Caller::admin_of_other_organization(), "resend_invitation", &form).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    setup.call_ok("resend_invitation", &format!("{form}&reason=Not+arrived")).await;
    let open = setup.call_ok("list_invitations", "").await;
    assert_eq!((names(&open, "email"), names(&open, "role")), (vec!["new@example.com".into()], vec!["viewer".into()]));
    let second = open[0]["id"].as_str().unwrap();
    assert_ne!(second, first);
    let at_clerk = setup.fetch_from_clerk("organizations/org_local_engines/invitations").await;
    let status = |id: &str| {
        let found = at_clerk["data"].as_array().unwrap().iter().find(|found| found["id"] == id).unwrap();
        found["status"].clone()
    };
    assert_eq!((status(&first), status(second)), (json!("revoked"), json!("pending")));
    assert_eq!(setup.call(&ada(), "resend_invitation", &form).await.status, StatusCode::NOT_FOUND, "it is revoked");
    let audit = setup.audit_log().await;
    assert!(audit.contains(&("resend_invitation".into(), "done".into(), "viewer".into())), "{audit:?}");
}

#[tokio::test]
async fn nobody_sends_an_invitation_again_that_grants_more_than_they_hold() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    setup.call_ok("invite_member", "email_address=new@example.com&role=admin").await;
    let open = setup.call_ok("list_invitations", "").await;
    let form = format!("invitation_id={}", open[0]["id"].as_str().unwrap());
    let refused = setup.call(&ada_without(Permission::ManageUsers), "resend_invitation", &form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert_eq!(setup.call_ok("list_invitations", "").await, open, "nothing is revoked");
}

/// Ada invites somebody, and the id of the invitation is the answer.
async fn invite(setup: &AppWithClerk) -> String {
    setup.sync().await;
    setup.call_ok("invite_member", "email_address=new@example.com&role=viewer").await;
    setup.call_ok("list_invitations", "").await[0]["id"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_invitation_that_is_revoked_and_not_sent_again_says_so() {
    let setup = AppWithClerk::new().await;
    let form = format!("invitation_id={}", invite(&setup).await);
    // Somebody has made the person a member at Clerk meanwhile, so Clerk refuses the new one.
    let person = setup.post_to_clerk("users", json!({ "email_address": ["new@example.com"] })).await;
    let member = json!({ "user_id": person["id"], "role": "org:viewer" });
    setup.post_to_clerk("organizations/org_local_engines/memberships", member).await;
    let response = setup.call(&ada(), "resend_invitation", &form).await;
    assert_eq!(
        (response.status, response.json()["error"].as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, Some("unavailable"))
    );
    assert_eq!(setup.call_ok("list_invitations", "").await, json!([]));
    let audit = setup.audit_log().await;
    assert!(audit.contains(&("resend_invitation".into(), "not_sent_again".into(), "revoked".into())), "{audit:?}");
}

#[tokio::test]
async fn the_halves_of_a_resent_invitation_are_looked_up_afterwards() {
    let setup = AppWithClerk::new().await;
    let invitations = "organizations/org_local_engines/invitations";
    for (revoked, sent, outcome) in [(false, false, "not_done"), (true, false, "not_sent_again"), (true, true, "done")]
    {
        let id = invite(&setup).await;
        setup.set_clerk_faults(json!({ "api": "backend", "path": format!("/v1/{invitations}"), "fail": 500 })).await;
        let form = format!("invitation_id={id}&reason={outcome}");
        let down = setup.call(&ada(), "resend_invitation", &form).await;
        assert_eq!(down.status, StatusCode::SERVICE_UNAVAILABLE, "{outcome}");
        setup.set_clerk_faults(json!({})).await;
        // A server that stops between two steps leaves the same.
        if revoked {
            let body = json!({ "requesting_user_id": "user_local_ada" });
            setup.post_to_clerk(&format!("{invitations}/{id}/revoke"), body).await;
        }
        if sent {
            let body = json!({ "email_address": "new@example.com", "role": "org:viewer",
                "inviter_user_id": "user_local_ada" });
            setup.post_to_clerk(invitations, body).await;
        }
        assert_eq!(setup.settle_commands(60).await, 1, "{outcome}");
        let audit = setup.audit_log().await;
        let resent = audit.iter().find(|(operation, ..)| operation == "resend_invitation").map(|(_, code, _)| code);
        assert_eq!(resent.map(String::as_str), Some(outcome), "{audit:?}");
        let open = setup.call_ok("list_invitations", "").await;
        assert_eq!(open.as_array().map(Vec::len), Some(usize::from(sent || !revoked)), "{outcome}: {open}");
        for left in open.as_array().into_iter().flatten() {
            let id = left["id"].as_str().unwrap_or_default();
            setup.call_ok("revoke_invitation", &format!("invitation_id={id}")).await;
        }
    }
}
