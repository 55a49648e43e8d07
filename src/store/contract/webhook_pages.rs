//! The page of webhooks: what came, what became of it, the payload, and a second application.

use super::*;
use crate::store::jobs::{self as job_table, End, Lease};
use domain::operation::{ListJobs, ListWebhooks, ReapplyWebhook, RevealWebhook, ShowWebhook, WebhookView};
use domain::page_view::PageView;

async fn list(store: &Database, page: &str, kind: &str, outcome: &str) -> PageView<WebhookView> {
    let [page, kind, outcome] = [page, kind, outcome].map(str::to_owned);
    webhooks::list(&grant(store, "org_a", ListWebhooks { page, kind, outcome })).await.unwrap()
}

fn outcomes(page: &PageView<WebhookView>) -> Vec<(&str, &str, u32)> {
    page.rows.iter().map(|row| (row.kind.as_str(), row.outcome.as_str(), row.deliveries)).collect()
}

#[tokio::test]
async fn the_list_says_what_became_of_each_event() {
    on_every_database(|store| async move {
        let at = NOW_MS - 1500;
        let events = [
            event("w1", "user.created", at, user("user_ada", "Ada", 5)),
            event("w2", "user.updated", at, user("user_ada", "Ada before", 4)),
            event("w3", "user.updated", at, json!({ "id": "user_ada" })),
            event("w4", "waitlistEntry.created", at, json!({})),
            event("w1", "user.created", at, user("user_ada", "Ada", 5)),
        ];
        ingest_events(&store, &events).await;
        let all = list(&store, "", "", "").await;
        let expected = [
            ("waitlistEntry.created", "kept", 1),
            ("user.updated", "incomplete", 1),
            ("user.updated", "stale", 1),
            ("user.created", "applied", 2),
        ];
        assert_eq!(outcomes(&all), expected);
        assert!(all.rows.iter().all(|row| (row.lag_ms, row.received_at_ms) == (Some(1500), NOW_MS)));
        assert_eq!(outcomes(&list(&store, "", "user.updated", "").await), expected[1..3]);
        assert_eq!(outcomes(&list(&store, "", "", "stale").await), expected[2..3]);
        assert_eq!(outcomes(&list(&store, "", "user.updated", "incomplete").await), expected[1..2]);
        assert!(list(&store, "", "user.updated", "applied").await.rows.is_empty());
    })
    .await;
}

#[tokio::test]
async fn each_webhook_is_on_one_page_of_each_filter() {
    on_every_database(|store| async move {
        for number in 0..60 {
            let kind = if number % 2 == 0 { "something.new" } else { "something.else" };
            let event = event(&format!("w{number:02}"), kind, 1, json!({}));
            webhook_inbox::ingest(&store, &event, NOW_MS + number / 2).await.unwrap();
        }
        for (kind, outcome, expected) in
            [("", "", 60), ("", "kept", 60), ("something.new", "", 30), ("something.new", "kept", 30)]
        {
            let first = list(&store, "", kind, outcome).await;
            let second = list(&store, &first.next.clone().unwrap(), kind, outcome).await;
            assert_eq!(list(&store, &second.previous.clone().unwrap(), kind, outcome).await.rows, first.rows);
            let mut rows = [first.rows, second.rows.clone()].concat();
            if let Some(next) = second.next {
                rows.extend(list(&store, &next, kind, outcome).await.rows);
            }
            let unique: std::collections::BTreeSet<_> = rows.iter().map(|row| row.id.clone()).collect();
            assert_eq!((rows.len(), unique.len()), (expected, expected), "{kind} {outcome}");
            assert!(rows.is_sorted_by(|newer, older| newer.received_at_ms >= older.received_at_ms));
        }
    })
    .await;
}

#[tokio::test]
async fn an_event_that_fails_is_listed_and_its_next_delivery_is_applied() {
    on_every_database(|store| async move {
        let role = json!({ "id": "role_1", "key": "org:editor", "name": "Editor", "permissions": [], "created_at": 1,
            "updated_at": 1 });
        let event = event("w1", "role.created", 1, role);
        execute(&store, "alter table roles rename to away_roles".to_owned()).await;
        let failed = webhook_inbox::ingest(&store, &event, NOW_MS).await;
        assert!(matches!(failed, Err(StoreError::Internal(_))), "{failed:?}");
        assert!(webhook_inbox::ingest(&store, &event, NOW_MS).await.is_err());
        assert_eq!(outcomes(&list(&store, "", "", "").await), [("role.created", "failed", 2)]);
        execute(&store, "alter table away_roles rename to roles".to_owned()).await;
        assert_eq!(webhook_inbox::ingest(&store, &event, NOW_MS).await.unwrap(), webhook_inbox::Ingested::New);
        assert_eq!(outcomes(&list(&store, "", "", "").await), [("role.created", "applied", 3)]);
        let (roles,): (i64,) = sqlx::query_as("select count(*) from roles").fetch_one(store.reader()).await.unwrap();
        assert_eq!(roles, 1);
    })
    .await;
}

#[tokio::test]
async fn a_payload_is_masked_until_it_is_asked_for_and_asking_is_recorded() {
    on_every_database(|store| async move {
        ingest_events(&store, &[event("w1", "user.created", 1, user("user_ada", "Ada", 5))]).await;
        let webhook_id = list(&store, "", "", "").await.rows.remove(0).id;
        let show = ShowWebhook { webhook_id: webhook_id.clone() };
        let shown = webhooks::show(&grant(&store, "org_a", show)).await.unwrap();
        assert_eq!((shown.message_id.as_str(), shown.webhook.kind.as_str()), ("w1", "user.created"));
        let masked = shown.payload.unwrap();
        assert!(masked.contains("user_ada") && !masked.contains("Ada") && !masked.contains('@'), "{masked}");
        let reveal = || grant(&store, "org_a", RevealWebhook { webhook_id: webhook_id.clone() });
        let whole = webhooks::reveal(&reveal()).await.unwrap();
        assert!(whole.contains("\"Ada\"") && whole.contains("user_ada@example.com"), "{whole}");
        let log = audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows;
        let change = ChangeView { subject: "w1".to_owned(), from: String::new(), to: "revealed".to_owned() };
        assert_eq!((log[0].operation.as_str(), log[0].change.clone()), ("reveal_webhook", Some(change)));
        ingest_events(&store, &[event("w2", "user.deleted", 9, json!({ "id": "user_ada", "deleted": true }))]).await;
        assert!(matches!(webhooks::reveal(&reveal()).await, Err(StoreError::NotFound)), "the payload is erased");
        let show = ShowWebhook { webhook_id };
        assert_eq!(webhooks::show(&grant(&store, "org_a", show)).await.unwrap().payload, None);
        let unknown = ShowWebhook { webhook_id: "AAAA".to_owned() };
        assert!(matches!(webhooks::show(&grant(&store, "org_a", unknown)).await, Err(StoreError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn an_event_is_applied_again_and_a_newer_version_stays() {
    on_every_database(|store| async move {
        ingest_events(&store, &[event("w1", "user.created", 1, user("user_ada", "Ada", 5))]).await;
        let webhook_id = list(&store, "", "", "").await.rows.remove(0).id;
        let again = || {
            grant(&store, "org_a", ReapplyWebhook { webhook_id: webhook_id.clone(), reason: "Corrected".to_owned() })
        };
        let name = async || {
            let query = sqlx::query_as("select name from users where id = 'user_ada'");
            let row: Option<(String,)> = query.fetch_optional(store.reader()).await.unwrap();
            row.map(|(name,)| name)
        };
        store.writer().execute(sqlx::query("delete from users where id = 'user_ada'")).await.unwrap();
        for _ in 0..2 {
            webhooks::apply_again(&again()).await.unwrap();
            assert_eq!(name().await.as_deref(), Some("Ada"));
        }
        ingest_events(&store, &[event("w2", "user.updated", 2, user("user_ada", "Ada Lovelace", 6))]).await;
        webhooks::apply_again(&again()).await.unwrap();
        assert_eq!(name().await.as_deref(), Some("Ada Lovelace"), "the newer version stays");
        assert_eq!(outcomes(&list(&store, "", "user.created", "").await), [("user.created", "stale", 1)]);
        let log = audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows;
        let is_explained =
            |(operation, reason): (&str, Option<&str>)| operation == "reapply_webhook" && reason == Some("Corrected");
        let explained = log.iter().filter(|entry| is_explained((&entry.operation, entry.reason.as_deref())));
        assert_eq!(explained.count(), 3);
        let unknown = ReapplyWebhook { webhook_id: "AAAA".to_owned(), reason: String::new() };
        let unknown = webhooks::apply_again(&grant(&store, "org_a", unknown)).await;
        assert!(matches!(unknown, Err(StoreError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn the_jobs_have_their_last_and_next_run() {
    on_every_database(|store| async move {
        job_table::add(&store, "prune", 86_400_000, NOW_MS).await.unwrap();
        let lease = Lease { job: "prune", runner: "server_1" };
        assert!(job_table::take(&store, lease, NOW_MS, NOW_MS + 60_000).await.unwrap());
        let read = async || webhooks::jobs(&grant(&store, "org_a", ListJobs {})).await.unwrap().remove(0);
        assert!(read().await.is_running);
        let end = End { outcome: "failed", detail: "no disk", ended_ms: NOW_MS + 70, next_run_ms: NOW_MS + 900 };
        job_table::finish(&store, lease, end).await.unwrap();
        let job = read().await;
        assert_eq!(
            (job.is_running, job.next_run_at_ms, job.last_ended_at_ms),
            (false, NOW_MS + 900, Some(NOW_MS + 70))
        );
        assert_eq!((job.last_took_ms, job.last_outcome.as_deref()), (Some(70), Some("failed")));
        assert_eq!(job.last_detail.as_deref(), Some("no disk"));
    })
    .await;
}
