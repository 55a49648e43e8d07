//! A data folder from an earlier start: the demo roles gain the permissions that are declared now.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod people;
mod support;

use local_clerk::Options;
use people::read;
use serde_json::{Value, json};
use std::path::Path;
use support::{Browser, ORIGIN, cookieless_client, start};

async fn start_with(folder: &Path, permissions: &[&str]) -> local_clerk::LocalClerk {
    let options = Options {
        data_dir: folder.to_owned(),
        public_origin: ORIGIN.to_owned(),
        webhook_url: "http://127.0.0.1:9/".to_owned(),
        permissions: permissions.iter().map(|key| (*key).to_owned()).collect(),
        ..Options::default()
    };
    local_clerk::start(options).await.unwrap()
}

async fn claims_of(clerk: &local_clerk::LocalClerk, email: &str, password: &str) -> Value {
    let mut browser = Browser::new(clerk);
    browser.sign_in(email, password).await;
    browser.session().await
}

#[tokio::test]
async fn the_manager_opens_the_dashboard_and_does_not_manage_users() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let claims = claims_of(&clerk, "joan@example.com", "cipher-no-4").await;
    assert_eq!((&claims["o"]["rol"], &claims["fea"]), (&json!("manager"), &json!("o:admin")));
    assert_eq!(claims["o"]["per"], "access");
}

#[tokio::test]
async fn a_new_permission_reaches_the_demo_roles_of_a_saved_instance() {
    let folder = tempfile::tempdir().unwrap();
    drop(start_with(folder.path(), &["org:admin:access", "org:users:manage"]).await);
    let declared = ["org:admin:access", "org:users:manage", "org:notes:write", "notes"];
    let clerk = start_with(folder.path(), &declared).await;
    for (email, password, features) in [
        ("ada@example.com", "engine-no-1", json!("o:admin,o:users,o:notes")),
        ("joan@example.com", "cipher-no-4", json!("o:admin,o:notes")),
        ("max@example.com", "member-no-2", Value::Null),
    ] {
        assert_eq!(claims_of(&clerk, email, password).await["fea"], features, "{email}");
    }
    let permission = read(&clerk, "/organization_permissions/perm_local_notes_write").await;
    assert_eq!(permission["name"], "Write notes");
    let role = read(&clerk, "/organization_roles/role_local_admin").await;
    assert_eq!(role["updated_at"], permission["created_at"]);
    // A permission that was withdrawn stays withdrawn.
    let granted =
        format!("{}/v1/organization_roles/role_local_admin/permissions/perm_local_notes_write", clerk.api_url());
    let withdrawn = cookieless_client().delete(granted).bearer_auth(clerk.secret_key()).send().await.unwrap();
    assert!(withdrawn.status().is_success());
    drop(clerk);
    let clerk = start_with(folder.path(), &declared).await;
    assert_eq!(claims_of(&clerk, "ada@example.com", "engine-no-1").await["fea"], "o:admin,o:users");
}

#[tokio::test]
async fn an_older_data_file_gets_the_manager_role_and_account() {
    let folder = tempfile::tempdir().unwrap();
    drop(start(folder.path(), "http://127.0.0.1:9/").await);
    let file = folder.path().join("state.json");
    let mut state: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let roles = state["roles"]["roles"].as_array_mut().unwrap();
    roles.retain(|role| role["key"] != "manager");
    for user in state["users"].as_array_mut().unwrap() {
        if user["id"] == "user_local_clarke" {
            (user["email"], user["password"]) = (json!("joan.clarke@example.com"), Value::Null);
        }
    }
    for member in state["memberships"].as_array_mut().unwrap() {
        if member["user"] == "user_local_clarke" {
            member["role"] = json!("member");
        }
    }
    std::fs::write(&file, state.to_string()).unwrap();
    let clerk = start(folder.path(), "http://127.0.0.1:9/").await;
    let claims = claims_of(&clerk, "joan@example.com", "cipher-no-4").await;
    assert_eq!((&claims["o"]["rol"], &claims["fea"]), (&json!("manager"), &json!("o:admin")));
}
