//! Users of the whole instance, with a local Clerk that answers the Backend API.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use domain::permission::Permission;
use http::StatusCode;
use serde_json::{Value, json};
use support::app_with_clerk::{AppWithClerk, ada, ada_in_customer_organization, ada_without};
use support::{Caller, TestApp};

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn users_of_the_instance_are_listed_searched_and_paged() {
    let setup = AppWithClerk::new().await;
    let first = setup.call_ok("list_users", "page=0").await;
    assert_eq!((first["rows"].as_array().unwrap().len(), &first["previous"]), (25, &json!(null)));
    let next = first["next"].as_str().unwrap();
    let second = setup.call_ok("list_users", &format!("page={next}")).await;
    assert_eq!((second["rows"].as_array().unwrap().len(), &second["next"]), (1, &json!(null)));
    let previous = second["previous"].as_str().unwrap();
    assert_eq!(setup.call_ok("list_users", &format!("page={previous}")).await, first);
    let found = setup.call_ok("list_users", "query=hopper").await;
    assert_eq!(names(&found["rows"]), ["Grace Hopper"]);
    let you = setup.call_ok("list_users", "query=lovelace").await;
    assert_eq!(you["rows"][0]["is_you"], true);
    assert_eq!(setup.call_ok("list_users", "query=nobody+at+all").await["rows"], json!([]));
    let refused = setup.call(&ada_without(Permission::ManageUsers), "list_users", "page=0").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_list_page_beyond_its_rate_limit_answers_429() {
    let setup = AppWithClerk::new().await;
    setup.app.skip_to_fresh_window();
    for _ in 0..30 {
        setup.call_ok("list_users", "page=0").await;
    }
    let page = setup.app.open(&ada(), "/admin/users").await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{}", page.body);
    assert!(page.body.contains("Too many requests") && !page.body.contains("understood"), "{}", page.body);
}

#[tokio::test]
async fn a_list_page_answers_503_at_once_when_clerk_is_down() {
    let setup = AppWithClerk::new().await;
    setup.set_clerk_faults(json!({ "api": "backend", "fail": 503 })).await;
    let asked = std::time::Instant::now();
    let page = setup.app.open(&ada(), "/admin/users").await;
    assert_eq!((page.status, page.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"), "{}", page.body);
    assert!(asked.elapsed() < std::time::Duration::from_secs(20), "it is said at once, not when patience ends");
}

#[tokio::test]
async fn users_are_managed_from_the_operators_organization_only() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    let body = "user_id=user_local_turing";
    for (operation, body) in [
        ("list_users", "page=0"),
        ("show_user", body),
        ("ban_user", body),
        ("unban_user", body),
        ("lock_user", body),
        ("unlock_user", body),
    ] {
        let response = setup.call(&ada_in_customer_organization(), operation, body).await;
        assert_eq!(
            (response.status, response.json()),
            (StatusCode::FORBIDDEN, json!({ "error": "forbidden" })),
            "{operation}"
        );
    }
    assert_eq!(setup.fetch_from_clerk("users/user_local_turing").await["banned"], false);
    let page = setup.app.open(&ada_in_customer_organization(), "/admin/members").await;
    assert!(page.status == StatusCode::OK && !page.body.contains("href=\"/admin/users\""), "{}", page.body);
    assert!(setup.app.open(&ada(), "/admin/members").await.body.contains("href=\"/admin/users\""));
    // example:begin invitations
    let given =
        setup.call(&ada_in_customer_organization(), "invite_member", "email_address=new@example.com&role=admin").await;
    assert_eq!(
        given.status,
        StatusCode::OK,
        "what counts for nothing here keeps nobody from giving a role: {}",
        given.body
    );
    // example:end invitations
}

#[tokio::test]
async fn without_an_operators_organization_nobody_manages_users() {
    let app = TestApp::with(&[("OPERATORS_ORGANIZATION_ID", "")]).await;
    assert_eq!(app.call(&Caller::admin(), "list_users", "page=0").await.status, StatusCode::FORBIDDEN);
    assert_eq!(app.call(&Caller::admin(), "list_members", "query=").await.status, StatusCode::OK);
}

#[tokio::test]
async fn bans_and_locks_reach_clerk_and_can_be_lifted() {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    let ban = async |operation: &str| setup.call_ok(operation, "user_id=user_local_turing").await;
    let flags = async || {
        let at_clerk = setup.fetch_from_clerk("users/user_local_turing").await;
        let here = setup.call_ok("list_members", "query=turing").await["rows"][0].clone();
        let of = |user: &serde_json::Value| (user["banned"] == true, user["locked"] == true);
        assert_eq!(of(&at_clerk), of(&here));
        of(&here)
    };
    ban("ban_user").await;
    assert_eq!(flags().await, (true, false));
    assert_eq!(setup.fetch_from_clerk("sessions?user_id=user_local_turing&status=active").await, json!([]));
    ban("lock_user").await;
    assert_eq!(flags().await, (true, true));
    ban("unban_user").await;
    ban("unlock_user").await;
    assert_eq!(flags().await, (false, false));
    let tos: Vec<_> = setup.audit_log().await.into_iter().map(|(_, _, to)| to).collect();
    assert_eq!(tos, ["active", "locked", "banned and locked", "banned"]);
    for operation in ["ban_user", "lock_user"] {
        let oneself = setup.call(&ada(), operation, "user_id=user_local_ada").await;
        let fields = oneself.json()["fields"].clone();
        assert_eq!(
            (oneself.status, fields),
            (StatusCode::BAD_REQUEST, json!({ "user_id": "yourself" })),
            "{operation}"
        );
    }
    let nobody = setup.call(&ada(), "ban_user", "user_id=user_local_nobody").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}
