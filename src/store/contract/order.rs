//! Webhooks arrive in any order, late and twice, and end in the same state.

use super::*;
use proptest::prelude::*;

/// Everything that happens to one person, in the order in which it happened.
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
        // Younger than its end, and still no reason to come back.
        event("14", "session.pending", 21, session("sess_1", "user_ann", 21)),
        // Nor are these, although they are younger than the deletions.
        event("15", "user.updated", 22, user("user_gone", "Gone", 30_000)),
        event("16", "organizationMembership.updated", 23, membership("mem_2", "org_a", "user_gone", "org:admin", 23)),
        event("17", "organization.deleted", 24, json!({ "id": "org_gone", "deleted": true })),
        event(
            "18",
            "organization.updated",
            25,
            json!({ "id": "org_gone", "name": "Gone", "slug": "gone", "updated_at": 30_000 }),
        ),
    ]
}

async fn state(store: &Store) -> String {
    let page = members::list(&by(store, "org_a", ListMembers::default())).await.unwrap();
    let dashboard = dashboard::show(&by(store, "org_a", ShowDashboard {})).await.unwrap();
    let gone: Vec<(Option<String>, Option<i64>)> = sqlx::query_as(
        "select name, deleted_at from users where id = 'user_gone' \
         union all select name, deleted_at from organizations where id = 'org_gone'",
    )
    .fetch_all(&store.reader)
    .await
    .unwrap();
    format!("{:?} {:?} {gone:?}", page.rows, dashboard.organization)
}

#[tokio::test]
async fn two_orders_of_delivery_end_in_the_same_state_on_every_database() {
    on_each(|store| async move {
        let mut history = history();
        history.reverse();
        told(&store, &history).await;
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("straight.db").display());
        let straight = Store::open(&url.into()).await.unwrap();
        history.reverse();
        told(&straight, &history).await;
        assert_eq!(state(&store).await, state(&straight).await);
    })
    .await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn any_order_of_delivery_ends_in_the_same_state(order in Just((0..18_usize).collect::<Vec<_>>()).prop_shuffle(), doubled in 0..18_usize) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (expected, found) = runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let open = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
            let (straight, shuffled) = (Store::open(&open("a.db").into()).await.unwrap(), Store::open(&open("b.db").into()).await.unwrap());
            let history = history();
            told(&straight, &history).await;
            let mixed: Vec<_> = order.iter().chain([&doubled]).map(|index| history[*index].clone()).collect();
            told(&shuffled, &mixed).await;
            (state(&straight).await, state(&shuffled).await)
        });
        prop_assert_eq!(expected, found);
    }
}
