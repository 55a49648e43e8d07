//! The audit log by person: what they did, and what was done to them.

use super::audit_filters::{call, filter, insert_change, list, numbers};
use super::*;

/// Entries by Grace and about her, and two that have nothing to do with her.
async fn log_of_grace(store: &Database) {
    ingest_events(
        store,
        &[
            event("u1", "user.created", 1, user("user_grace", "Grace Hopper", 1)),
            event("u2", "user.created", 1, user("user_ada", "Ada", 1)),
            event("s1", "session.created", 1, session("sess_grace", "user_grace", 1)),
        ],
    )
    .await;
    let calls = [call(1, "user_grace", "list_members", "forbidden"), call(2, "user_ada", "list_members", "forbidden")];
    audit::record_refusals(store, &calls).await.unwrap();
    insert_change(store, 3, "user_grace", None).await;
    insert_change(store, 4, "sess_grace", None).await;
    insert_change(store, 5, "user_grace@example.com", None).await;
    insert_change(store, 6, "organization", Some("user_grace")).await;
    insert_change(store, 7, "user_grace", Some("user_grace")).await;
    insert_change(store, 8, "user_max", Some("user_max")).await;
}

#[tokio::test]
async fn a_person_finds_the_entries_by_them_and_about_them() {
    on_every_database(|store| async move {
        log_of_grace(&store).await;
        let found = async |person: &str, rest: ListAudit| {
            let page = list(&store, ListAudit { person: person.to_owned(), ..rest }).await;
            assert_eq!((page.next, page.searched), (None, None), "{person}");
            numbers(&page.rows)
        };
        for person in ["user_grace", "Grace", "user_grace@example.com"] {
            assert_eq!(found(person, ListAudit::default()).await, [7, 6, 5, 4, 3, 1], "{person}");
            assert_eq!(found(person, filter("", "list_members", "")).await, [1], "{person}");
            assert_eq!(found(person, filter("", "list_m*", "refused")).await, [1], "{person}");
            assert_eq!(found(person, filter("user_ada", "", "")).await, [7, 6, 5, 4, 3], "{person}");
            let (from_ms, to_ms) = (NOW_MS + 3 * 60_000, NOW_MS + 5 * 60_000);
            assert_eq!(found(person, ListAudit { from_ms, to_ms, ..ListAudit::default() }).await, [4, 3], "{person}");
        }
        assert_eq!(found("user_nobody", ListAudit::default()).await, [0i64; 0]);
        // The name is erased with the person, and the log keeps the ids.
        let deleted = event("u3", "user.deleted", 9, json!({ "id": "user_grace", "deleted": true }));
        ingest_events(&store, &[deleted]).await;
        assert_eq!(found("Grace H", ListAudit::default()).await, [0i64; 0]);
        assert_eq!(found("user_grace", ListAudit::default()).await, [7, 6, 4, 3, 1]);
        assert_eq!(found("grace@example.com", ListAudit::default()).await, [5], "the invitation keeps its address");
    })
    .await;
}

#[tokio::test]
async fn the_entries_of_a_person_keep_their_pages_in_both_directions() {
    on_every_database(|store| async move {
        let calls: Vec<_> = (0..60).map(|number| call(number, "user_grace", "list_members", "forbidden")).collect();
        audit::record_refusals(&store, &calls).await.unwrap();
        for number in 60..120 {
            insert_change(&store, number, "user_grace", None).await;
        }
        for outcome in ["", "refused"] {
            let page = async |page: String| {
                list(&store, ListAudit { page, person: "user_grace".to_owned(), ..filter("", "", outcome) }).await
            };
            let expected: Vec<i64> = (0..if outcome.is_empty() { 120 } else { 60 }).rev().collect();
            let first = page(String::new()).await;
            assert_eq!((numbers(&first.rows), first.previous.clone()), (expected[..25].to_vec(), None));
            let second = page(first.next.clone().unwrap()).await;
            assert_eq!(numbers(&second.rows), expected[25..50]);
            assert_eq!(page(second.previous.clone().unwrap()).await.rows, first.rows);
            let third = page(second.next.clone().unwrap()).await;
            assert_eq!(numbers(&third.rows), expected[50..expected.len().min(75)]);
            assert_eq!(page(third.previous.clone().unwrap()).await, second);
        }
    })
    .await;
}
