//! Operations on several members: each of them by the rules for one, and an answer that names those
//! who are left.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use domain::input::MAX_SELECTED;
use domain::permission::Permission;
use http::{StatusCode, header};
use serde_json::{Value, json};
use support::TestResponse;
use support::app_with_clerk::{AppWithClerk, ada, ada_without};

const TURING: &str = "user_local_turing";
const KNUTH: &str = "user_local_knuth";
const HOPPER: &str = "user_local_hopper";

async fn synced() -> AppWithClerk {
    let setup = AppWithClerk::new().await;
    setup.sync().await;
    setup
}

/// The role of a member, here and at Clerk; `None` for somebody who is no member.
async fn role(setup: &AppWithClerk, user: &str) -> Option<String> {
    let here = setup.call(&ada(), "show_member", &format!("user_id={user}")).await;
    let here = here.json()["member"]["role"].as_str().map(str::to_owned);
    let list = setup.fetch_from_clerk(&format!("organizations/{}/memberships?limit=100", local_clerk::OPERATORS)).await;
    let of_user = |membership: &&Value| membership["public_user_data"]["user_id"] == user;
    let at_clerk = list["data"].as_array().unwrap().iter().find(of_user).map(|found| found["role"].clone());
    let at_clerk = at_clerk.and_then(|role| Some(role.as_str()?.strip_prefix("org:")?.to_owned()));
    assert_eq!(here, at_clerk, "{user}");
    here
}

/// The entries of an operation: outcome, subject and reason.
async fn entries(setup: &AppWithClerk, operation: &str) -> Vec<(String, String, String)> {
    setup.app.wait_for_refusals().await;
    let log = setup.call_ok("list_audit", &format!("operation={operation}")).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| (text(&row["outcome"]), text(&row["change"]["subject"]), text(&row["reason"]));
    let mut entries: Vec<_> = log["rows"].as_array().unwrap().iter().map(row).collect();
    entries.sort();
    entries
}

fn done(user: &str, reason: &str) -> (String, String, String) {
    ("done".to_owned(), user.to_owned(), reason.to_owned())
}

/// Clerk answers every change of this membership with 500.
fn membership_fails(user: &str) -> Value {
    let path = format!("/v1/organizations/{}/memberships/{user}", local_clerk::OPERATORS);
    json!({ "api": "backend", "fail": 500, "path": path })
}

fn status_and_json(response: &TestResponse) -> (StatusCode, Value) {
    (response.status, response.json())
}

#[tokio::test]
async fn one_call_changes_several_members_and_each_has_an_entry() {
    let setup = synced().await;
    let both = format!("user_ids={KNUTH}+{TURING}+{KNUTH}");
    let answer = setup.call_ok("change_roles", &format!("{both}&role=billing&reason=New+team")).await;
    assert_eq!(answer, json!({ "not_done": [] }));
    for user in [KNUTH, TURING] {
        assert_eq!(role(&setup, user).await.as_deref(), Some("billing"));
    }
    assert_eq!(entries(&setup, "change_roles").await, [done(KNUTH, "New team"), done(TURING, "New team")]);
    setup.call_ok("sign_out_members", &both).await;
    assert_eq!(setup.fetch_from_clerk(&format!("sessions?user_id={TURING}&status=active")).await, json!([]));
    assert_eq!(entries(&setup, "sign_out_members").await.len(), 2);
    setup.call_ok("remove_members", &both).await;
    for user in [KNUTH, TURING] {
        assert_eq!(role(&setup, user).await, None);
    }
    assert_eq!(entries(&setup, "remove_members").await, [done(KNUTH, ""), done(TURING, "")]);
    assert_eq!(entries(&setup, "remove_member").await, [], "an entry has the name of what was called");
}

#[tokio::test]
async fn the_answer_names_those_who_are_left_and_the_others_are_changed() {
    let setup = synced().await;
    setup.call_ok("remove_member", &format!("user_id={TURING}")).await;
    let some = setup.call_ok("remove_members", &format!("user_ids={TURING}+user_local_nobody+{KNUTH}")).await;
    let left = |user: &str| json!({ "user_id": user, "error": "not_found" });
    assert_eq!(some, json!({ "not_done": [left(TURING), left("user_local_nobody")] }));
    assert_eq!(role(&setup, KNUTH).await, None);
    let entries = entries(&setup, "remove_members").await;
    assert_eq!(entries.len(), 2, "{entries:?}");
    assert_eq!((&entries[0], entries[1].0.as_str()), (&done(KNUTH, ""), "not_found"));
    // The same refusal for everybody is the answer.
    let nobody = setup.call(&ada(), "remove_members", &format!("user_ids={TURING}+{KNUTH}")).await;
    assert_eq!(status_and_json(&nobody), (StatusCode::NOT_FOUND, json!({ "error": "not_found" })));
}

#[tokio::test]
async fn a_clerk_that_fails_for_some_leaves_them_and_loses_nobody() {
    let setup = synced().await;
    setup.set_clerk_faults(membership_fails(KNUTH)).await;
    let some = setup.call_ok("change_roles", &format!("user_ids={TURING}+{KNUTH}+{HOPPER}&role=viewer")).await;
    assert_eq!(some, json!({ "not_done": [{ "user_id": KNUTH, "error": "unavailable" }] }));
    setup.set_clerk_faults(json!({})).await;
    setup.settle_commands(600).await;
    let outcomes: Vec<_> = entries(&setup, "change_roles").await.into_iter().map(|(outcome, ..)| outcome).collect();
    assert_eq!(outcomes, ["done", "done", "not_done"]);
    for (user, expected) in [(TURING, "viewer"), (HOPPER, "viewer")] {
        assert_eq!(role(&setup, user).await.as_deref(), Some(expected));
    }
    // Nobody could be changed, so the call is refused as a single one is.
    setup.set_clerk_faults(json!({ "api": "backend", "drop_connection": true })).await;
    let down = setup.call(&ada(), "change_roles", &format!("user_ids={TURING}+{HOPPER}&role=admin")).await;
    assert_eq!(status_and_json(&down), (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": "unavailable" })));
}

#[tokio::test]
async fn a_selection_with_the_caller_or_too_many_members_changes_nobody() {
    let setup = synced().await;
    let many: Vec<_> = (0..=MAX_SELECTED).map(|number| format!("user_{number}")).collect();
    let many = many.join("+");
    for (ids, problem) in [
        (format!("{TURING}+user_local_ada"), "yourself"),
        (format!("{TURING}+{many}"), "too_long"),
        (format!("{TURING}++{KNUTH}"), "invalid"),
        (format!("{TURING},{KNUTH}"), "invalid"),
        (String::new(), "required"),
    ] {
        for operation in ["change_roles", "sign_out_members", "remove_members"] {
            let refused = setup.call(&ada(), operation, &format!("user_ids={ids}&role=viewer")).await;
            let expected = json!({ "error": "invalid_input", "fields": { "user_ids": problem } });
            assert_eq!(status_and_json(&refused), (StatusCode::BAD_REQUEST, expected), "{operation} {ids}");
        }
    }
    assert_ne!(role(&setup, TURING).await.as_deref(), Some("viewer"));
}

#[tokio::test]
async fn a_role_beyond_the_own_permissions_is_given_to_nobody() {
    let setup = synced().await;
    let caller = ada_without(Permission::ManageUsers);
    let before = role(&setup, TURING).await;
    let refused = setup.call(&caller, "change_roles", &format!("user_ids={TURING}+{KNUTH}&role=admin")).await;
    assert_eq!(status_and_json(&refused), (StatusCode::FORBIDDEN, json!({ "error": "forbidden" })));
    assert_eq!(role(&setup, TURING).await, before);
    let unknown = setup.call(&caller, "change_roles", &format!("user_ids={TURING}+{KNUTH}&role=king")).await;
    assert_eq!(unknown.json()["fields"], json!({ "role": "invalid" }));
}

#[tokio::test]
async fn a_form_post_comes_back_with_the_names_of_those_who_are_left() {
    let setup = synced().await;
    let question = format!("/admin/members?confirm=change_roles&confirm_id={KNUTH}&confirm_id={TURING}");
    // In the order of the list, without those whom it does not show and without the caller.
    let page = setup.app.open(&ada(), &format!("{question}&confirm_id=user_elsewhere&confirm_id=user_local_ada")).await;
    assert!(page.body.contains("Change the role of 2 members?"), "{}", page.body);
    assert!(page.body.contains(&format!("name=\"user_ids\" value=\"{TURING} {KNUTH}\"")), "{}", page.body);
    setup.set_clerk_faults(membership_fails(KNUTH)).await;
    let body = format!("user_ids={KNUTH}+{TURING}&role=billing&form_page={}", question.replace('&', "%26"));
    let body = format!("{body}&form_done_page=/admin/members");
    let mut request = ada().post("/api/change_roles", &body);
    request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    let response = setup.app.send(request).await;
    let location = format!("/admin/members?done=change_roles&not_done=unavailable%20{KNUTH}");
    assert_eq!((response.status, response.header("location")), (StatusCode::SEE_OTHER, location.as_str()));
    setup.set_clerk_faults(json!({})).await;
    let page = setup.app.open(&ada(), &location).await;
    assert!(page.body.contains("Some roles were not changed:"), "{}", page.body);
    assert!(page.body.contains("<li><bdi>Donald Knuth<"), "{}", page.body);
    assert!(!page.body.contains("Roles changed."), "{}", page.body);
    let boxes = page.body.split("<input type=\"checkbox\"").skip(1).map(|rest| rest.split_once('>').unwrap().0);
    let members = boxes.filter(|one| one.contains("name=\"confirm_id\""));
    let selected: Vec<_> = members.filter(|one| one.contains(" checked")).collect();
    assert!(selected.len() == 1 && selected[0].contains(KNUTH), "who is left stays selected: {selected:?}");
}
