//! The filters of the list of members follow every change of a role or a state.

use super::*;
use domain::operation::MembersView;

async fn listed(store: &Database, query: &str, role: &str, state: &str) -> MembersView {
    let [query, role, state] = [query, role, state].map(str::to_owned);
    let list = ListMembers { query, role, state, ..ListMembers::default() };
    members::list(&grant(store, "org_a", list)).await.unwrap()
}

async fn ids(store: &Database, query: &str, role: &str, state: &str) -> Vec<String> {
    listed(store, query, role, state).await.rows.into_iter().map(|member| member.user_id).collect()
}

async fn join(store: &Database, id: &str, role: &str) {
    let member = membership(&format!("mem_{id}"), "org_a", id, role, 1);
    let joined = event(&format!("m{id}"), "organizationMembership.created", 1, member);
    ingest_events(store, &[joined, event(&format!("u{id}"), "user.created", 1, user(id, id, 1))]).await;
}

async fn tell_user(store: &Database, id: &str, flags: [bool; 2], at: i64) {
    let mut changed = user(id, id, at);
    (changed["banned"], changed["locked"]) = (flags[0].into(), flags[1].into());
    ingest_events(store, &[event(&format!("u{id}{at}"), "user.updated", at, changed)]).await;
}

#[tokio::test]
async fn members_are_filtered_by_role_and_state_in_the_order_of_the_list() {
    on_every_database(|store| async move {
        for (id, role) in [("user_a", "org:admin"), ("user_b", "org:admin_2"), ("user_c", "org:viewer")] {
            join(&store, id, role).await;
        }
        ingest_events(&store, &[event("s1", "session.created", 1, session("sess_1", "user_a", 1))]).await;
        tell_user(&store, "user_b", [true, true], 2).await;
        for (query, role, state, found) in [
            ("", "admin", "", &["user_a"][..]),
            ("", "admin_2", "", &["user_b"]),
            ("", "org:admin", "", &[]),
            ("", "", "active", &["user_a", "user_c"]),
            ("", "", "banned", &["user_b"]),
            ("", "", "locked", &["user_b"]),
            ("", "", "signed_out", &["user_b", "user_c"]),
            ("", "", "unknown", &[]),
            ("", "viewer", "signed_out", &["user_c"]),
            ("", "admin", "signed_out", &[]),
            ("user_", "", "signed_out", &["user_b", "user_c"]),
            ("ser_", "", "signed_out", &["user_b", "user_c"]),
            ("ser_", "viewer", "signed_out", &["user_c"]),
            ("user_a", "viewer", "", &[]),
            ("one two three four five six seven", "viewer", "", &[]),
        ] {
            assert_eq!(ids(&store, query, role, state).await, found, "{query} {role} {state}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_filter_follows_the_change_of_a_role_a_state_and_a_session() {
    on_every_database(|store| async move {
        join(&store, "user_a", "org:viewer").await;
        let changed = membership("mem_user_a", "org_a", "user_a", "org:admin", 2);
        ingest_events(&store, &[event("r", "organizationMembership.updated", 2, changed)]).await;
        assert_eq!((ids(&store, "", "viewer", "").await.len(), ids(&store, "", "admin", "").await.len()), (0, 1));
        tell_user(&store, "user_a", [true, false], 2).await;
        assert_eq!((ids(&store, "", "", "active").await.len(), ids(&store, "", "", "banned").await.len()), (0, 1));
        tell_user(&store, "user_a", [false, false], 3).await;
        assert_eq!((ids(&store, "", "", "active").await.len(), ids(&store, "", "", "banned").await.len()), (1, 0));
        ingest_events(&store, &[event("s1", "session.created", 1, session("sess_1", "user_a", 1))]).await;
        assert_eq!(ids(&store, "", "", "signed_out").await.len(), 0);
        let mut ended = session("sess_1", "user_a", 2);
        ended["status"] = "ended".into();
        ingest_events(&store, &[event("s2", "session.ended", 2, ended)]).await;
        assert_eq!(ids(&store, "", "", "signed_out").await.len(), 1);
        ingest_events(&store, &[event("n", "user.updated", 4, user("user_a", "Zoe", 4))]).await;
        assert_eq!(ids(&store, "zoe", "admin", "signed_out").await.len(), 1, "a new name keeps the filters");
        let gone = membership("mem_user_a", "org_a", "user_a", "org:admin", 2);
        ingest_events(&store, &[event("d", "organizationMembership.deleted", 5, gone)]).await;
        assert_eq!((ids(&store, "", "admin", "").await.len(), ids(&store, "", "", "signed_out").await.len()), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_list_has_its_total_and_the_name_of_the_member_who_was_removed() {
    on_every_database(|store| async move {
        for id in ["user_a", "user_b"] {
            join(&store, id, "org:viewer").await;
        }
        assert_eq!(listed(&store, "", "", "").await.total, Some(2));
        assert_eq!(listed(&store, "", "viewer", "").await.total, Some(2));
        assert_eq!(listed(&store, "", "", "banned").await.total, Some(0));
        assert_eq!(listed(&store, "", "viewer", "active").await.total, None);
        assert_eq!(listed(&store, "user", "", "").await.total, None);
        let removed = async |organization: &str, user: &str| {
            let list = ListMembers { removed: user.to_owned(), ..ListMembers::default() };
            members::list(&grant(&store, organization, list)).await.unwrap().removed
        };
        assert_eq!(removed("org_a", "user_a").await, None, "still a member");
        let gone = membership("mem_user_a", "org_a", "user_a", "org:viewer", 1);
        ingest_events(&store, &[event("d", "organizationMembership.deleted", 5, gone)]).await;
        assert_eq!(removed("org_a", "user_a").await.as_deref(), Some("user_a"));
        assert_eq!((removed("org_b", "user_a").await, removed("org_a", "user_x").await), (None, None));
        assert_eq!(listed(&store, "", "", "").await.total, Some(1));
    })
    .await;
}
