//! Changes at Clerk and in the copy, over the Backend API of a Clerk that runs beside the town.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use gatehouse::permission::Permission;
use http::StatusCode;
use local_clerk::{LocalClerk, Options};
use serde_json::{Value, json};
use support::{Answer, Person, Town, changed};
use tempfile::TempDir;

/// A town beside its Clerk.
struct Place {
    town: Town,
    clerk: LocalClerk,
    _folder: TempDir,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            data_dir: folder.path().to_owned(),
            public_origin: support::ORIGIN.to_owned(),
            // Nobody listens there: whatever the copy knows, it knows from the answers.
            webhook_url: "http://127.0.0.1:9/".to_owned(),
            ..Options::default()
        };
        let clerk = local_clerk::start(options).await.unwrap();
        let variables = [("CLERK_API_URL", clerk.api_url()), ("CLERK_SECRET_KEY", clerk.secret_key().to_owned())];
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Self { town: Town::with(&variables).await, clerk, _folder: folder }
    }

    async fn call(&self, person: &Person, operation: &str, body: &str) -> Answer {
        self.town.call(person, operation, body).await
    }

    /// As [`Place::call`], by Ada; it must be done.
    async fn done(&self, operation: &str, body: &str) -> Value {
        let answer = self.call(&ada(), operation, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{operation}: {}", answer.body);
        answer.json()
    }

    /// What Clerk itself has.
    async fn at_clerk(&self, path: &str) -> Value {
        let client = gatehouse::http_client::http_client(std::time::Duration::from_secs(5)).unwrap();
        let url = format!("{}/v1/{path}", self.clerk.api_url());
        client.get(url).bearer_auth(self.clerk.secret_key()).send().await.unwrap().json().await.unwrap()
    }

    /// Makes trouble at Clerk; all of it at once.
    async fn faults(&self, faults: Value) {
        let client = gatehouse::http_client::http_client(std::time::Duration::from_secs(5)).unwrap();
        let request = client.put(format!("{}/_local/faults", self.clerk.api_url())).json(&faults);
        assert!(request.bearer_auth(self.clerk.secret_key()).send().await.unwrap().status().is_success(), "{faults}");
    }

    /// Fills the copy, as `server sync` does.
    async fn sync(&self) {
        let api = gatehouse::clerk_api::ClerkApi::new(&self.clerk.api_url(), self.clerk.secret_key().into()).unwrap();
        gatehouse::sync::sync(&self.town.app.gate.parts().store, &api, |_| ()).await.unwrap();
    }

    async fn audit(&self) -> Vec<(String, String, String)> {
        let log = self.done("list_audit", "page=0").await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let row = |row: &Value| (text(&row["operation"]), text(&row["outcome"]), text(&row["change"]["to"]));
        log["rows"].as_array().unwrap().iter().map(row).collect()
    }
}

fn of_engines(claims: &mut Value) {
    claims["sub"] = "user_local_ada".into();
    claims["o"]["id"] = "org_local_engines".into();
}

fn ada() -> Person {
    changed(of_engines)
}

/// An administrator of the organization, and nothing beyond it.
fn ada_without(permission: Permission) -> Person {
    changed(|claims| {
        of_engines(claims);
        claims["o"]["fpm"] = support::masks_without(permission).into();
    })
}

fn names(list: &Value, member: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|row| row[member].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_role_is_changed_at_clerk_and_in_the_copy() {
    let place = Place::new().await;
    place.sync().await;
    place.done("change_role", "user_id=user_local_turing&role=viewer").await;
    let found = place.done("list_members", "query=turing").await;
    assert_eq!(found["rows"][0]["role"], "viewer");
    let at_clerk = place.at_clerk("users/user_local_turing/organization_memberships").await;
    assert_eq!(at_clerk["data"][0]["role"], "org:viewer");
    assert!(place.audit().await.contains(&("change_role".into(), "done".into(), "viewer".into())));
    let unknown = place.call(&ada(), "change_role", "user_id=user_local_turing&role=emperor").await;
    assert_eq!(
        (unknown.status, unknown.json()["fields"].clone()),
        (StatusCode::BAD_REQUEST, json!({ "role": "invalid" }))
    );
    let stranger = place.call(&ada(), "change_role", "user_id=user_local_nobody&role=viewer").await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_gives_a_role_that_grants_more_than_they_have() {
    let place = Place::new().await;
    place.sync().await;
    let limited = ada_without(Permission::ManageUsers);
    for (operation, body) in [
        ("change_role", "user_id=user_local_turing&role=admin"),
        ("change_role", "user_id=user_local_turing&role=org:admin"),
        ("invite_member", "email_address=new@example.com&role=admin"),
    ] {
        let answer = place.call(&limited, operation, body).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::FORBIDDEN, json!({ "error": "forbidden" })), "{body}");
    }
    let role = place.done("list_members", "query=turing").await["rows"][0]["role"].clone();
    assert_eq!(role, "editor");
    assert_eq!(
        place.call(&limited, "change_role", "user_id=user_local_turing&role=viewer").await.status,
        StatusCode::OK
    );
    let unlisted = place.call(&limited, "change_role", "user_id=user_local_turing&role=emperor").await;
    assert_eq!(unlisted.json()["fields"], json!({ "role": "invalid" }));
    place.town.settle().await;
    assert!(place.audit().await.contains(&("change_role".into(), "forbidden".into(), String::new())));
    place.done("change_role", "user_id=user_local_turing&role=admin").await;
}

#[tokio::test]
async fn a_member_is_removed_and_their_sessions_end() {
    let place = Place::new().await;
    place.sync().await;
    place.done("sign_out_everywhere", "user_id=user_local_knuth").await;
    let sessions = place.at_clerk("sessions?user_id=user_local_knuth&status=active").await;
    assert_eq!(sessions, json!([]));
    place.done("remove_member", "user_id=user_local_knuth").await;
    assert_eq!(place.done("list_members", "query=knuth").await["rows"], json!([]));
    let at_clerk = place.at_clerk("users/user_local_knuth/organization_memberships").await;
    assert_eq!(at_clerk["total_count"], 0);
    for operation in ["remove_member", "sign_out_everywhere"] {
        let again = place.call(&ada(), operation, "user_id=user_local_knuth").await;
        assert_eq!(again.status, StatusCode::NOT_FOUND, "{operation}");
    }
}

#[tokio::test]
async fn the_people_of_the_instance_are_listed_searched_and_paged() {
    let place = Place::new().await;
    let first = place.done("list_users", "page=0").await;
    assert_eq!((first["rows"].as_array().unwrap().len(), &first["more"]), (25, &json!(true)));
    let second = place.done("list_users", "page=1").await;
    assert_eq!((second["rows"].as_array().unwrap().len(), &second["more"]), (1, &json!(false)));
    let found = place.done("list_users", "query=hopper").await;
    assert_eq!(names(&found["rows"], "name"), ["Grace Hopper"]);
    let you = place.done("list_users", "query=lovelace").await;
    assert_eq!(you["rows"][0]["is_you"], true);
    assert_eq!(place.done("list_users", "query=nobody+at+all").await["rows"], json!([]));
    let refused = place.call(&ada_without(Permission::ManageUsers), "list_users", "page=0").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_ban_is_made_at_clerk_ends_sessions_and_is_lifted() {
    let place = Place::new().await;
    place.sync().await;
    let ban = async |operation: &str| place.done(operation, "user_id=user_local_turing").await;
    let flags = async || {
        let at_clerk = place.at_clerk("users/user_local_turing").await;
        let here = place.done("list_members", "query=turing").await["rows"][0].clone();
        assert_eq!((&at_clerk["banned"], &at_clerk["locked"]), (&here["banned"], &here["locked"]));
        (here["banned"] == true, here["locked"] == true)
    };
    ban("ban_user").await;
    assert_eq!(flags().await, (true, false));
    assert_eq!(place.at_clerk("sessions?user_id=user_local_turing&status=active").await, json!([]));
    ban("lock_user").await;
    assert_eq!(flags().await, (true, true));
    ban("unban_user").await;
    ban("unlock_user").await;
    assert_eq!(flags().await, (false, false));
    let tos: Vec<_> = place.audit().await.into_iter().map(|(_, _, to)| to).collect();
    assert_eq!(tos, ["active", "locked", "banned and locked", "banned"]);
    for operation in ["ban_user", "lock_user", "remove_member", "sign_out_everywhere", "change_role"] {
        let oneself = place.call(&ada(), operation, "user_id=user_local_ada&role=member").await;
        let fields = oneself.json()["fields"].clone();
        assert_eq!(
            (oneself.status, fields),
            (StatusCode::BAD_REQUEST, json!({ "user_id": "yourself" })),
            "{operation}"
        );
    }
    let nobody = place.call(&ada(), "ban_user", "user_id=user_local_nobody").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn somebody_is_invited_once_and_the_invitation_is_taken_back() {
    let place = Place::new().await;
    place.sync().await;
    place.done("invite_member", "email_address=+new@example.com+&role=viewer").await;
    let open = place.done("list_invitations", "").await;
    assert_eq!(
        (names(&open, "email"), names(&open, "role")),
        (vec!["new@example.com".to_owned()], vec!["viewer".to_owned()])
    );
    let at_clerk = place.at_clerk("organizations/org_local_engines/invitations?status=pending").await;
    assert_eq!(
        (&at_clerk["data"][0]["email_address"], &at_clerk["total_count"]),
        (&json!("new@example.com"), &json!(1))
    );
    for taken in ["new@example.com", "max@example.com"] {
        let again = place.call(&ada(), "invite_member", &format!("email_address={taken}&role=viewer")).await;
        assert_eq!(again.json()["fields"], json!({ "email_address": "taken" }), "{taken}: {}", again.body);
    }
    let id = open[0]["id"].as_str().unwrap();
    let neighbour = Person::neighbour();
    let elsewhere = place.call(&neighbour, "revoke_invitation", &format!("invitation_id={id}")).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    place.done("revoke_invitation", &format!("invitation_id={id}")).await;
    assert_eq!(place.done("list_invitations", "").await, json!([]));
    let again = place.call(&ada(), "revoke_invitation", &format!("invitation_id={id}")).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let audit = place.audit().await;
    assert!(audit.contains(&("invite_member".into(), "done".into(), "viewer".into())));
    assert!(audit.contains(&("revoke_invitation".into(), "done".into(), "revoked".into())));
}

#[tokio::test]
async fn roles_come_from_the_instance() {
    let place = Place::new().await;
    assert_eq!(names(&place.done("list_roles", "").await, "key"), ["admin", "member"], "before anything was told");
    place.sync().await;
    let roles = place.done("list_roles", "").await;
    let mut keys = names(&roles, "key");
    keys.sort_unstable();
    assert_eq!(keys, ["admin", "billing", "editor", "member", "viewer"]);
    let admin = roles.as_array().unwrap().iter().find(|role| role["key"] == "admin").unwrap();
    for granted in ["Use the dashboard", "Manage people"] {
        assert!(admin["grants"].as_array().unwrap().contains(&json!(granted)), "{admin}");
    }
}

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
