//! Members and roles, with a local Clerk that answers the Backend API.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use domain::permission::Permission;
use http::StatusCode;
use serde_json::{Value, json};
use support::app_with_clerk::{AppWithClerk, ada, ada_in_customer_organization, ada_without};
use support::{Caller, TestApp};

fn names(list: &Value, member: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|row| row[member].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_role_change_reaches_clerk_and_the_local_copy() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    setup.call_ok("change_role", "user_id=user_local_turing&role=viewer").await;
    let found = setup.call_ok("list_members", "query=turing").await;
    assert_eq!(found["rows"][0]["role"], "viewer");
    let at_clerk = setup.fetch_from_clerk("users/user_local_turing/organization_memberships").await;
    assert_eq!(at_clerk["data"][0]["role"], "org:viewer");
    assert!(setup.audit_log().await.contains(&("change_role".into(), "done".into(), "viewer".into())));
    let unknown = setup.call(&ada(), "change_role", "user_id=user_local_turing&role=emperor").await;
    assert_eq!(
        (unknown.status, unknown.json()["fields"].clone()),
        (StatusCode::BAD_REQUEST, json!({ "role": "invalid" }))
    );
    let stranger = setup.call(&ada(), "change_role", "user_id=user_local_nobody&role=viewer").await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_role_beyond_the_callers_permissions_cannot_be_assigned() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    let limited = ada_without(Permission::ManageUsers);
    for (operation, body) in [
        ("change_role", "user_id=user_local_turing&role=admin"),
        ("change_role", "user_id=user_local_turing&role=org:admin"),
        ("invite_member", "email_address=new@example.com&role=admin"), // example:line invitations
    ] {
        let response = setup.call(&limited, operation, body).await;
        assert_eq!(
            (response.status, response.json()),
            (StatusCode::FORBIDDEN, json!({ "error": "forbidden" })),
            "{body}"
        );
    }
    let role = setup.call_ok("list_members", "query=turing").await["rows"][0]["role"].clone();
    assert_eq!(role, "editor");
    assert_eq!(
        setup.call(&limited, "change_role", "user_id=user_local_turing&role=viewer").await.status,
        StatusCode::OK
    );
    let unlisted = setup.call(&limited, "change_role", "user_id=user_local_turing&role=emperor").await;
    assert_eq!(unlisted.json()["fields"], json!({ "role": "invalid" }));
    setup.app.wait_for_refusals().await;
    assert!(setup.audit_log().await.contains(&("change_role".into(), "forbidden".into(), String::new())));
    setup.call_ok("change_role", "user_id=user_local_turing&role=admin").await;
}

#[tokio::test]
async fn a_member_is_removed_and_their_sessions_end() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    setup.call_ok("sign_out_everywhere", "user_id=user_local_knuth").await;
    let sessions = setup.fetch_from_clerk("sessions?user_id=user_local_knuth&status=active").await;
    assert_eq!(sessions, json!([]));
    setup.call_ok("remove_member", "user_id=user_local_knuth").await;
    assert_eq!(setup.call_ok("list_members", "query=knuth").await["rows"], json!([]));
    let at_clerk = setup.fetch_from_clerk("users/user_local_knuth/organization_memberships").await;
    assert_eq!(at_clerk["total_count"], 0);
    for operation in ["remove_member", "sign_out_everywhere"] {
        let again = setup.call(&ada(), operation, "user_id=user_local_knuth").await;
        assert_eq!(again.status, StatusCode::NOT_FOUND, "{operation}");
    }
}

#[tokio::test]
async fn an_invalid_search_shows_its_error_beside_the_field_and_keeps_the_list() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    let long = "x".repeat(101);
    let lists = [
        ("/admin/members", "Alan Turing"),
        ("/admin/users", "Grace Hopper"), // example:line users
    ];
    for (list, somebody) in lists {
        for blank in ["%09", "%0A", "+%0D%0A", "%C2%A0"] {
            let page = setup.app.open(&ada(), &format!("{list}?query={blank}")).await;
            assert_eq!(page.status, StatusCode::OK, "{blank}");
            assert!(page.body.contains(somebody) && !page.body.contains("Show all"), "{blank}: {}", page.body);
        }
        let (first, last) = somebody.split_once(' ').unwrap();
        let found = setup.app.open(&ada(), &format!("{list}?query=%20{first}%09%0A{last}")).await;
        assert!(found.status == StatusCode::OK && found.body.contains(somebody), "{}", found.body);
        for (wrong, kept, words) in [
            (long.as_str(), long.as_str(), "At most 100 characters."),
            ("Turing%1B", "Turing\u{1b}", "Control characters are not allowed."),
            ("caf%E9", "caf\u{fffd}", "This is not valid."),
        ] {
            let page = setup.app.open(&ada(), &format!("{list}?query={wrong}&page=0")).await;
            assert_eq!(page.status, StatusCode::OK, "{wrong}");
            assert!(page.body.contains(words) && page.body.contains("Showing all results."), "{wrong}: {}", page.body);
            assert!(page.body.contains(&format!("value=\"{kept}\"")), "{wrong}: {}", page.body);
            assert!(page.body.contains(somebody), "{wrong}: {}", page.body);
        }
    }
    let refused = setup.call(&ada(), "list_members", &format!("query={long}")).await;
    assert_eq!(refused.json()["fields"], json!({ "query": "too_long" }));
    for list in [
        "/admin/members",
        "/admin/audit",
        "/admin/users", // example:line users
    ] {
        for page in ["4294967295", "a%20b", "aXXXX", "%00"] {
            let page = setup.app.open(&ada(), &format!("{list}?page={page}")).await;
            assert_eq!(page.status, StatusCode::OK, "{list}");
        }
    }
    let refused = setup.call(&ada(), "list_audit", "page=a%20b").await;
    assert_eq!(refused.json()["fields"], json!({ "page": "invalid" }));
}

#[tokio::test]
async fn roles_come_from_clerk() {
    let setup = AppWithClerk::new().await;
    assert_eq!(names(&setup.call_ok("list_roles", "").await, "key"), ["admin", "member"], "before anything was told");
    setup.sync().await;
    let roles = setup.call_ok("list_roles", "").await;
    let mut keys = names(&roles, "key");
    keys.sort_unstable();
    assert_eq!(keys, ["admin", "billing", "editor", "manager", "member", "viewer"]);
    let admin = roles.as_array().unwrap().iter().find(|role| role["key"] == "admin").unwrap();
    for granted in ["Access admin", "Manage users"] {
        assert!(admin["grants"].as_array().unwrap().contains(&json!(granted)), "{admin}");
    }
}

#[tokio::test]
async fn operations_on_the_instance_are_for_the_operators_organization_only() {
    let setup = AppWithClerk::new().await;
    let here = setup.call(&ada(), "show_security", "").await;
    assert_eq!(here.status, StatusCode::OK, "{}", here.body);
    let elsewhere = setup.call(&ada_in_customer_organization(), "show_security", "").await;
    assert_eq!((elsewhere.status, elsewhere.json()), (StatusCode::FORBIDDEN, json!({ "error": "forbidden" })));
    let page = setup.app.open(&ada_in_customer_organization(), "/admin").await;
    assert!(page.status == StatusCode::OK && !page.body.contains("href=\"/admin/security\""), "{}", page.body);
    let app = TestApp::with(&[("OPERATORS_ORGANIZATION_ID", "")]).await;
    assert_eq!(app.call(&Caller::admin(), "show_security", "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(app.call(&Caller::admin(), "show_dashboard", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_changes_their_own_membership() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    for operation in ["remove_member", "sign_out_everywhere", "change_role"] {
        let oneself = setup.call(&ada(), operation, "user_id=user_local_ada&role=member").await;
        let fields = oneself.json()["fields"].clone();
        assert_eq!(
            (oneself.status, fields),
            (StatusCode::BAD_REQUEST, json!({ "user_id": "yourself" })),
            "{operation}"
        );
    }
}
