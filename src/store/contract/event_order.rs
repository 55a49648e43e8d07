//! Webhooks arrive in any order, late and repeatedly, and end in the same state.

use super::*;
use proptest::prelude::*;

/// The events of one user, in the order in which they happened.
fn history() -> Vec<Event> {
    vec![
        event("1", "user.created", 10, user("user_ann", "Ann", 10)),
        event("2", "organization.created", 11, json!({ "id": "org_a", "name": "A", "slug": "a", "updated_at": 11 })),
        event("3", "organizationMembership.created", 12, membership("mem_1", "org_a", "user_ann", "org:member", 12)),
        event("4", "session.created", 13, session("sess_1", "user_ann", 13)),
        event("5", "session.created", 13, session("sess_2", "user_ann", 13)),
        event("6", "organizationMembership.updated", 14, membership("mem_1", "org_a", "user_ann", "org:admin", 14)),
        event("7", "session.revoked", 15, session("sess_1", "user_ann", 15)),
        event("8", "organization.updated", 16, json!({ "id": "org_a", "name": "B", "slug": "a", "updated_at": 16 })),
        event("9", "user.updated", 17, user("user_ann", "Anna", 17)),
        event("10", "organizationMembership.created", 18, membership("mem_2", "org_a", "user_gone", "org:member", 18)),
        event("11", "organizationMembership.deleted", 19, membership("mem_2", "org_a", "user_gone", "org:member", 18)),
        event("12", "user.deleted", 20, json!({ "id": "user_gone", "deleted": true })),
        event("13", "user.created", 9, user("user_gone", "Gone", 9)),
        // Newer than its end, but the session stays ended.
        event("14", "session.pending", 21, session("sess_1", "user_ann", 21)),
        // These are newer than the deletions and revive nothing either.
        event("15", "user.updated", 22, user("user_gone", "Gone", 30_000)),
        event("16", "organizationMembership.updated", 23, membership("mem_2", "org_a", "user_gone", "org:admin", 23)),
        event("17", "organization.deleted", 24, json!({ "id": "org_gone", "deleted": true })),
        event(
            "18",
            "organization.updated",
            25,
            json!({ "id": "org_gone", "name": "Gone", "slug": "gone", "updated_at": 30_000 }),
        ),
        event("19", "session.pending", 26, session("sess_3", "user_ann", 26)),
        event("20", "session.created", 27, session("sess_3", "user_ann", 27)),
        // Two ends of one session: the newer status stays. Neither event names the browser.
        event("21", "session.ended", 28, without_activity("sess_4", 28)),
        event("22", "session.removed", 29, without_activity("sess_4", 29)),
        event("23", "session.created", 27, session("sess_4", "user_ann", 27)),
        // At the same `updated_at`, active wins over pending.
        event("24", "session.pending", 30, session("sess_5", "user_ann", 30)),
        event("25", "session.created", 30, session("sess_5", "user_ann", 30)),
        event("26", "organizationInvitation.created", 31, invitation("inv_1", "pending", 31)),
        event("27", "organizationInvitation.created", 31, invitation("inv_2", "pending", 31)),
        event("28", "organizationInvitation.accepted", 32, invitation("inv_2", "accepted", 32)),
        event("29", "organizationInvitation.revoked", 33, invitation("inv_2", "revoked", 33)),
        event("30", "role.created", 34, role("role_1", "Editor", &["org:posts:edit"], 34)),
        event("31", "role.updated", 35, role("role_1", "Editors", &["org:posts:edit", "org:posts:publish"], 35)),
        event("32", "role.deleted", 36, json!({ "id": "role_2", "deleted": true })),
        event("33", "role.updated", 37, role("role_2", "Gone", &[], 30_000)),
        event("34", "permission.created", 38, permission("perm_1", "Edit", 38)),
        event("35", "permission.updated", 39, permission("perm_1", "Edit posts", 39)),
        event("36", "permission.deleted", 40, json!({ "id": "perm_2", "deleted": true })),
        event("37", "permission.updated", 41, permission("perm_2", "Gone", 30_000)),
        event("40", "session.pending", 44, with_browser("sess_6", "Lynx", 44)),
        event("41", "session.created", 45, with_browser("sess_6", "Safari", 45)),
        event("42", "session.ended", 46, without_activity("sess_6", 46)),
        // Two versions with the same `updated_at`.
        event("43", "user.updated", 47, banned("user_eve", true, 47)),
        event("44", "user.updated", 47, banned("user_eve", false, 47)),
        event("45", "role.updated", 48, role("role_3", "One", &["org:a:b"], 48)),
        event("46", "role.updated", 48, role("role_3", "Two", &[], 48)),
        event("47", "organizationMembership.updated", 49, membership("mem_3", "org_a", "user_eve", "org:admin", 49)),
        event("48", "organizationMembership.updated", 49, membership("mem_3", "org_a", "user_eve", "org:member", 49)),
        // The deletion also removes objects that no other event ends.
        event("49", "user.updated", 50, banned("user_max", true, 50)),
        event("50", "organizationMembership.created", 51, membership("mem_4", "org_a", "user_max", "org:member", 51)),
        event("51", "session.created", 52, session("sess_7", "user_max", 52)),
        event("52", "session.created", 53, session("sess_8", "user_max", 53)),
        event("53", "session.ended", 54, session("sess_8", "user_max", 54)),
        event("54", "session.pending", 55, session("sess_7", "user_max", 55)),
        event("55", "user.deleted", 56, json!({ "id": "user_max", "deleted": true })),
        event(
            "56",
            "organizationMembership.created",
            57,
            membership("mem_5", "org_late", "user_ann", "org:member", 57),
        ),
        event(
            "57",
            "organizationInvitation.created",
            58,
            json!({ "id": "inv_3", "organization_id": "org_late", "email_address": "a@example.com",
            "role": "org:editor", "status": "pending", "updated_at": 58 }),
        ),
        event("58", "organization.deleted", 59, json!({ "id": "org_late", "deleted": true })),
        // Removed and added again: of the two memberships the newer one counts.
        event("59", "organizationMembership.created", 60, membership("mem_6", "org_a", "user_kim", "org:viewer", 60)),
        event("60", "organizationMembership.deleted", 61, membership("mem_6", "org_a", "user_kim", "org:viewer", 60)),
        event("61", "organizationMembership.created", 62, membership("mem_7", "org_a", "user_kim", "org:editor", 62)),
        event("38", "user.updated", 42, banned("user_bob", true, 42)),
        event("39", "user.updated", 43, banned("user_bob", false, 43)),
    ]
}

fn with_browser(id: &str, browser: &str, updated_at: i64) -> Value {
    let mut session = session(id, "user_ann", updated_at);
    session["latest_activity"]["browser_name"] = browser.into();
    session["expire_at"] = json!(NOW_MS + updated_at);
    session["created_at"] = json!(updated_at);
    session
}

fn without_activity(id: &str, updated_at: i64) -> Value {
    let mut session = session(id, "user_ann", updated_at);
    session["latest_activity"] = Value::Null;
    session
}

fn invitation(id: &str, status: &str, updated_at: i64) -> Value {
    json!({ "id": id, "organization_id": "org_a", "email_address": "a@example.com", "role": "org:editor",
        "status": status, "updated_at": updated_at })
}

fn role(id: &str, name: &str, permissions: &[&str], updated_at: i64) -> Value {
    json!({ "id": id, "key": "org:editor", "name": name, "permissions": permissions, "updated_at": updated_at })
}

fn permission(id: &str, name: &str, updated_at: i64) -> Value {
    json!({ "id": id, "key": format!("org:{id}:edit"), "name": name, "updated_at": updated_at })
}

fn banned(id: &str, banned: bool, updated_at: i64) -> Value {
    let mut user = user(id, "Bob", updated_at);
    user["banned"] = banned.into();
    user
}

/// Every row of the local copy; a deleted row only by its deletion.
async fn state(store: &Database) -> Vec<String> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "select 'user ' || id || ' ' || coalesce(name, '') || ' ' || coalesce(email, '') || ' ' || \
             banned || ' ' || locked || ' ' || \
             case when deleted_at is null then cast(updated_at as text) else 'gone' end from users \
         union all select 'organization ' || id || ' ' || coalesce(name, '') || ' ' || coalesce(slug, '') || ' ' || \
             case when deleted_at is null then cast(updated_at as text) else 'gone' end from organizations \
         union all select 'membership ' || id || ' ' || \
             case when deleted_at is null then role || ' ' || cast(updated_at as text) else 'gone' end \
             from memberships \
         union all select 'session ' || id || ' ' || status || ' ' || coalesce(client, '') || ' ' || \
             cast(updated_at as text) || ' ' || cast(created_at as text) || ' ' || \
             coalesce(cast(expires_at as text), '') from sessions \
         union all select 'invitation ' || id || ' ' || status || ' ' || role || ' ' || coalesce(email, '') || ' ' || \
             cast(updated_at as text) from invitations \
         union all select 'role ' || id || ' ' || coalesce(name, '') || ' ' || coalesce(permissions, '') || ' ' || \
             case when deleted_at is null then cast(updated_at as text) else 'gone' end from roles \
         union all select 'permission ' || id || ' ' || coalesce(name, '') || ' ' || \
             case when deleted_at is null then cast(updated_at as text) else 'gone' end from permissions order by 1",
    )
    .fetch_all(store.reader())
    .await
    .unwrap();
    rows.into_iter().map(|(row,)| row).collect()
}

#[tokio::test]
async fn a_history_in_order_gives_the_expected_state() {
    on_every_database(|store| async move {
        ingest_events(&store, &history()).await;
        let state = state(&store).await;
        for row in [
            "user user_ann Anna user_ann@example.com 0 0 17",
            "user user_gone   0 0 gone",
            "user user_bob Bob user_bob@example.com 0 0 43",
            "session sess_1 revoked Firefox 15 1 ",
            "session sess_3 active Firefox 27 1 ",
            "session sess_4 removed Firefox 29 1 ",
            "session sess_5 active Firefox 30 1 ",
            "session sess_6 ended Safari 46 1 1800000000045",
            "user user_eve Bob user_eve@example.com 1 0 47",
            "invitation inv_1 pending editor a@example.com 31",
            "invitation inv_2 revoked editor  33",
            "role role_1 Editors org:posts:edit org:posts:publish 35",
            "role role_2   gone",
            "permission perm_1 Edit posts 39",
            "permission perm_2  gone",
            "membership mem_2 gone",
            "user user_max   0 0 gone",
            "membership mem_4 gone",
            "session sess_7 removed  0 1 ",
            "session sess_8 ended  54 1 ",
            "membership mem_5 gone",
            "invitation inv_3 revoked editor  0",
            "membership mem_6 gone",
            "membership mem_7 editor 62",
        ] {
            assert!(state.iter().any(|found| found == row), "{row}: {state:#?}");
        }
    })
    .await;
}

#[tokio::test]
async fn two_orders_of_delivery_end_in_the_same_state_on_every_database() {
    on_every_database(|store| async move {
        let mut history = history();
        history.reverse();
        ingest_events(&store, &history).await;
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("straight.db").display());
        let straight = crate::store::open(&url.into()).await.unwrap();
        history.reverse();
        ingest_events(&straight, &history).await;
        assert_eq!(state(&store).await, state(&straight).await);
    })
    .await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn any_order_of_delivery_ends_in_the_same_state(
        order in Just((0..history().len()).collect::<Vec<_>>()).prop_shuffle(),
        doubled in 0..history().len(),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (expected, found) = runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let open = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
            let straight = crate::store::open(&open("a.db").into()).await.unwrap();
            let shuffled = crate::store::open(&open("b.db").into()).await.unwrap();
            let history = history();
            ingest_events(&straight, &history).await;
            let mixed: Vec<_> = order.iter().chain([&doubled]).map(|index| history[*index].clone()).collect();
            ingest_events(&shuffled, &mixed).await;
            (state(&straight).await, state(&shuffled).await)
        });
        prop_assert_eq!(expected, found);
    }
}
