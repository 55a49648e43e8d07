//! `server sync` fills the local copy from the Backend API of a local Clerk.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use clerk::backend_api::BackendApi;
use gatehouse::db::Database;
use gatehouse::sync::{self, Kind, SyncError, Totals};
use local_clerk::LocalClerk;
use serde_json::{Value, json};
use std::path::Path;
use support::clerk_options::without_webhooks;

async fn clerk(folder: &Path) -> LocalClerk {
    local_clerk::start(without_webhooks(&folder.join("clerk"))).await.unwrap()
}

async fn store(folder: &Path) -> Database {
    gatehouse::store::open(&format!("sqlite://{}", folder.join("sync.db").display()).into()).await.unwrap()
}

#[tokio::test]
async fn sync_copies_everything_and_is_idempotent() {
    let folder = tempfile::tempdir().unwrap();
    let (clerk, store) = (clerk(folder.path()).await, store(folder.path()).await);
    let api = BackendApi::new(&clerk.api_url(), clerk.secret_key().into()).unwrap();
    let mut kinds = Vec::new();
    let totals = sync::sync(&store, &api, |progress| kinds.push(progress.kind)).await.unwrap();
    assert_eq!(
        totals,
        Totals { users: 26, organizations: 2, memberships: 27, invitations: 0, roles: 6, sessions: 16, gone: 0 }
    );
    let of_one = [Kind::Memberships, Kind::Invitations];
    let before = [Kind::Permissions, Kind::Roles, Kind::Users, Kind::Organizations];
    let expected = [&before[..], &of_one, &of_one, &[Kind::Sessions]].concat();
    assert_eq!(kinds, expected);
    let first = content(folder.path()).await;
    assert!(first.iter().any(|row| row.contains("Ada Lovelace")), "{first:?}");
    sync::sync(&store, &api, |_| ()).await.unwrap();
    assert_eq!(content(folder.path()).await, first);
}

/// Every row of the three tables as text.
async fn content(folder: &Path) -> Vec<String> {
    let url = format!("sqlite://{}", folder.join("sync.db").display());
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&url).await.unwrap();
    let rows: Vec<(String,)> = sqlx::query_as(
        "select id || ' ' || coalesce(name, '') || ' ' || coalesce(email, '') || updated_at from users \
         union all select id || ' ' || coalesce(name, '') || updated_at from organizations \
         union all select id || ' ' || organization_id || user_id || role || updated_at from memberships order by 1",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    rows.into_iter().map(|(row,)| row).collect()
}

#[tokio::test]
async fn an_unreachable_instance_is_named_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (clerk, store) = (clerk(folder.path()).await, store(folder.path()).await);
    let api = BackendApi::new(&clerk.api_url(), "sk_test_of_somebody_else".into()).unwrap();
    assert!(matches!(sync::sync(&store, &api, |_| ()).await, Err(SyncError::Clerk(_))));
    assert!(content(folder.path()).await.is_empty());
}

/// The rows that the local copy does not consider deleted.
async fn existing(folder: &Path) -> Vec<String> {
    let url = format!("sqlite://{}", folder.join("sync.db").display());
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&url).await.unwrap();
    let rows: Vec<(String,)> = sqlx::query_as(
        "select id from users where deleted_at is null union all select id from organizations where deleted_at is null \
         union all select organization_id || ' ' || user_id from memberships where deleted_at is null order by 1",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    rows.into_iter().map(|(row,)| row).collect()
}

async fn delete_at(clerk: &LocalClerk, path: &str) {
    let client = clerk::http_client::http_client(std::time::Duration::from_secs(5)).unwrap();
    let request = client.delete(format!("{}/v1/{path}", clerk.api_url())).bearer_auth(clerk.secret_key());
    assert!(request.send().await.unwrap().status().is_success(), "{path}");
}

#[tokio::test]
async fn sync_removes_what_clerk_deleted_without_a_webhook() {
    let folder = tempfile::tempdir().unwrap();
    let (clerk, store) = (clerk(folder.path()).await, store(folder.path()).await);
    let api = BackendApi::new(&clerk.api_url(), clerk.secret_key().into()).unwrap();
    sync::sync(&store, &api, |_| ()).await.unwrap();
    let before = existing(folder.path()).await;
    let member_of = |organization: &str, but: &[&str]| {
        let rows = before.iter().filter_map(|row| row.strip_prefix(&format!("{organization} ")));
        rows.map(str::to_owned).find(|user| user != "user_local_ada" && !but.contains(&user.as_str())).unwrap()
    };
    let deleted = member_of(local_clerk::OPERATORS, &[]);
    let left = member_of(local_clerk::OPERATORS, &[&deleted]);
    delete_at(&clerk, &format!("users/{deleted}")).await;
    delete_at(&clerk, &format!("organizations/{}/memberships/{left}", local_clerk::OPERATORS)).await;
    delete_at(&clerk, "organizations/org_local_society").await;
    let totals = sync::sync(&store, &api, |_| ()).await.unwrap();
    assert_eq!(totals.gone, 3);
    let expected: Vec<_> = before
        .into_iter()
        .filter(|row| {
            !row.contains(&deleted)
                && !row.contains("org_local_society")
                && *row != format!("{} {left}", local_clerk::OPERATORS)
        })
        .collect();
    assert_eq!(existing(folder.path()).await, expected);
    assert_eq!(sync::sync(&store, &api, |_| ()).await.unwrap().gone, 0);
}

async fn post_at(clerk: &LocalClerk, path: &str, body: Value) -> Value {
    let client = clerk::http_client::http_client(std::time::Duration::from_secs(5)).unwrap();
    let url = format!("{}/v1/{path}", clerk.api_url());
    let answer = client.post(url).bearer_auth(clerk.secret_key()).json(&body).send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// One text for each row of this statement.
async fn texts(folder: &Path, statement: &'static str) -> Vec<String> {
    let url = format!("sqlite://{}", folder.join("sync.db").display());
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&url).await.unwrap();
    let rows: Vec<(String,)> = sqlx::query_as(statement).fetch_all(&pool).await.unwrap();
    rows.into_iter().map(|(row,)| row).collect()
}

#[tokio::test]
async fn sync_ends_invitations_sessions_roles_and_permissions_that_clerk_ended_without_a_webhook() {
    let folder = tempfile::tempdir().unwrap();
    let (clerk, store) = (clerk(folder.path()).await, store(folder.path()).await);
    let api = BackendApi::new(&clerk.api_url(), clerk.secret_key().into()).unwrap();
    let new = |key: &str| json!({ "key": key, "name": key });
    let role = post_at(&clerk, "organization_roles", new("org:temporary")).await;
    let permission = post_at(&clerk, "organization_permissions", new("org:temporary:thing")).await;
    let of_organization = format!("organizations/{}/invitations", local_clerk::OPERATORS);
    let mut invitations = Vec::new();
    for number in 0..2 {
        let new = json!({ "email_address": format!("new{number}@example.com"), "role": "org:member",
            "inviter_user_id": "user_local_ada" });
        invitations.push(post_at(&clerk, &of_organization, new).await["id"].as_str().unwrap().to_owned());
    }
    let mut sessions = Vec::new();
    for _ in 0..2 {
        let session = post_at(&clerk, "sessions", json!({ "user_id": "user_local_ada" })).await;
        sessions.push(session["id"].as_str().unwrap().to_owned());
    }
    let totals = sync::sync(&store, &api, |_| ()).await.unwrap();
    assert_eq!((totals.invitations, totals.sessions, totals.gone), (2, 18, 0));
    // Of this session Clerk knows nothing at all.
    let pool = sqlx::AnyPool::connect(&format!("sqlite://{}", folder.path().join("sync.db").display())).await.unwrap();
    let unknown = "insert into sessions (id, user_id, status, created_at, updated_at) \
                   values ('sess_unknown', 'user_local_ada', 'active', 1, 1)";
    sqlx::query(unknown).execute(&pool).await.unwrap();
    // This one is not in the list of its user, but Clerk still has it.
    let moved = sqlx::query("update sessions set user_id = 'user_local_turing' where id = $1").bind(&sessions[1]);
    moved.execute(&pool).await.unwrap();
    delete_at(&clerk, &format!("organization_roles/{}", role["id"].as_str().unwrap())).await;
    delete_at(&clerk, &format!("organization_permissions/{}", permission["id"].as_str().unwrap())).await;
    let revoke = json!({ "requesting_user_id": "user_local_ada" });
    post_at(&clerk, &format!("{of_organization}/{}/revoke", invitations[0]), revoke).await;
    post_at(&clerk, &format!("sessions/{}/revoke", sessions[0]), json!({})).await;
    assert_eq!(sync::sync(&store, &api, |_| ()).await.unwrap().gone, 5);
    let pending = texts(folder.path(), "select id from invitations where status = 'pending'").await;
    assert_eq!(pending, [invitations[1].as_str()]);
    let addresses = texts(folder.path(), "select email from invitations where email is not null").await;
    assert_eq!(addresses, ["new1@example.com"]);
    let mut ended = texts(folder.path(), "select id || ' ' || status from sessions where status <> 'active'").await;
    ended.sort_unstable();
    let mut expected = ["sess_unknown removed".to_owned(), format!("{} revoked", sessions[0])];
    expected.sort_unstable();
    assert_eq!(ended, expected);
    let gone = "select id from roles where deleted_at is not null \
                union all select id from permissions where deleted_at is not null";
    assert_eq!(texts(folder.path(), gone).await.len(), 2);
    assert_eq!(sync::sync(&store, &api, |_| ()).await.unwrap().gone, 0);
}
