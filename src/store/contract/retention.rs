//! Rows go when their time is over, in small steps, and nothing else goes.

use super::*;
use crate::retention::{Pruned, Retention, prune};
use crate::store::lifetimes::{self, NewSession};

const DAY_MS: i64 = 86_400_000;

async fn count(store: &Database, statement: &'static str) -> i64 {
    let (rows,): (i64,) = sqlx::query_as(statement).fetch_one(store.reader()).await.unwrap();
    rows
}

async fn prune_after(store: &Database, days: i64) -> Pruned {
    prune(store, &Retention::default(), NOW_MS + days * DAY_MS + 1).await.unwrap()
}

fn ended_session(id: &str, user: &str, status: &str, at_ms: i64) -> Value {
    let mut object = session(id, user, at_ms);
    (object["status"], object["created_at"]) = (status.into(), at_ms.into());
    object
}

#[tokio::test]
async fn payloads_go_after_30_days_and_ids_after_90() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        assert_eq!(prune_after(&store, 29).await, Pruned::default());
        assert_eq!(prune_after(&store, 30).await, Pruned { payloads: 6, ..Pruned::default() });
        assert_eq!(count(&store, "select count(*) from webhook_inbox where payload = ''").await, 6);
        let again = event("uuser_ann", "user.created", 1, user("user_ann", "Ann", 1));
        let ingested = webhook_inbox::ingest(&store, &again, NOW_MS + 31 * DAY_MS).await.unwrap();
        assert_eq!(ingested, webhook_inbox::Ingested::Duplicate, "the id is still known");
        assert_eq!(prune_after(&store, 90).await, Pruned { webhooks: 6, ..Pruned::default() });
        assert_eq!(members(&store, "org_a").await.len(), 1, "the copy stays");
    })
    .await;
}

#[tokio::test]
async fn ended_and_expired_sessions_go_with_their_lifetimes() {
    on_every_database(|store| async move {
        let mut expired = ended_session("sess_expired", "user_ann", "active", NOW_MS);
        expired["expire_at"] = NOW_MS.into();
        let running = ended_session("sess_running", "user_ann", "active", NOW_MS);
        let ended = ended_session("sess_ended", "user_ann", "ended", NOW_MS);
        let late = ended_session("sess_late", "user_ann", "ended", NOW_MS + DAY_MS);
        ingest_events(
            &store,
            &[
                event("1", "session.created", 1, expired),
                event("2", "session.created", 1, running),
                event("3", "session.ended", 1, ended),
                event("4", "session.ended", 1, late),
            ],
        )
        .await;
        for id in ["sess_expired", "sess_running", "sess_ended", "sess_late", "sess_unknown"] {
            let (session, user) = (SessionId::parse(id).unwrap(), UserId::parse("user_ann").unwrap());
            let new = NewSession { session: &session, user: &user, person: "user_ann", now_ms: NOW_MS, single: false };
            lifetimes::record_first_use(&store, &new).await.unwrap();
        }
        let ended = "update session_lifetimes set ended_by = 'session_idle', ended_at = first_seen_at \
                     where session_id = 'sess_unknown'";
        store.writer().execute(sqlx::query(ended)).await.unwrap();
        assert_eq!(prune_after(&store, 29).await, Pruned::default());
        let pruned = prune_after(&store, 30).await;
        assert_eq!((pruned.sessions, pruned.lifetimes), (2, 1));
        let left: Vec<(String,)> =
            sqlx::query_as("select id from sessions union all select session_id from session_lifetimes order by 1")
                .fetch_all(store.reader())
                .await
                .unwrap();
        let left: Vec<_> = left.iter().map(|(id,)| id.as_str()).collect();
        assert_eq!(left, ["sess_late", "sess_late", "sess_running", "sess_running"]);
    })
    .await;
}

/// Where Clerk sends no events about sessions, only the lifetimes know of them.
#[tokio::test]
async fn lifetimes_without_a_session_go_when_no_browser_can_bring_them_back() {
    on_every_database(|store| async move {
        let (session, user) = (SessionId::parse("sess_untold").unwrap(), UserId::parse("user_ann").unwrap());
        let new = NewSession { session: &session, user: &user, person: "user_ann", now_ms: NOW_MS, single: false };
        lifetimes::record_first_use(&store, &new).await.unwrap();
        assert_eq!(prune_after(&store, 399).await, Pruned::default());
        assert_eq!(prune_after(&store, 400).await, Pruned { lifetimes: 1, ..Pruned::default() });
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_stays_unless_a_time_is_configured() {
    on_every_database(|store| async move {
        let rename = RenameOrganization::to("New");
        organizations::rename(&grant(&store, "org_a", rename)).await.unwrap();
        let in_a_century = NOW_MS + 36_500 * DAY_MS;
        assert_eq!(prune(&store, &Retention::default(), in_a_century).await.unwrap().audit, 0);
        let for_a_year = Retention { audit_days: Some(365), ..Retention::default() };
        assert_eq!(prune(&store, &for_a_year, NOW_MS + 365 * DAY_MS).await.unwrap().audit, 0);
        assert_eq!(prune(&store, &for_a_year, NOW_MS + 365 * DAY_MS + 1).await.unwrap().audit, 1);
    })
    .await;
}

/// After half a year with runs the inbox holds no more than the payloads of 30 days and the ids
/// of 90.
#[tokio::test]
async fn the_inbox_does_not_grow_for_ever() {
    on_every_database(|store| async move {
        for week in 0..20_i64 {
            let mut transaction = store.writer().begin().await.unwrap();
            for number in 0..300 {
                let id = format!("msg_{week}_{number}");
                let row = sqlx::query(
                    "insert into webhook_inbox (svix_id, type, payload, received_at, outcome) \
                     values ($1, 'user.updated', '{\"name\":\"Ann\"}', $2, 'applied')",
                );
                let row = row.bind(id).bind(NOW_MS + week * 7 * DAY_MS);
                row.execute(&mut *transaction).await.unwrap();
            }
            transaction.commit().await.unwrap();
            prune_after(&store, week * 7).await;
            // 90 days reach over 13 weeks, and 30 days over 5.
            let rows = count(&store, "select count(*) from webhook_inbox").await;
            assert!(rows <= 13 * 300, "{rows} rows in week {week}");
            let payloads = count(&store, "select count(*) from webhook_inbox where payload <> ''").await;
            assert!(payloads <= 5 * 300, "{payloads} payloads in week {week}");
        }
    })
    .await;
}

/// The writer is free between two batches: a change does not wait for the end of a long deletion.
#[tokio::test]
async fn a_change_during_a_long_deletion_does_not_wait_for_its_end() {
    on_every_database(|store| async move {
        let mut transaction = store.writer().begin().await.unwrap();
        for number in 0..6_000 {
            let row = sqlx::query(
                "insert into webhook_inbox (svix_id, type, payload, received_at, outcome) \
                 values ($1, 'user.updated', '{}', 1, 'applied')",
            );
            row.bind(format!("msg_{number}")).execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
        let pruning = tokio::spawn({
            let store = store.clone();
            async move { prune_after(&store, 1).await }
        });
        let left = "select count(*) from webhook_inbox";
        while count(&store, left).await == 6_000 {
            tokio::task::yield_now().await;
        }
        let rename = RenameOrganization::to("Meanwhile");
        organizations::rename(&grant(&store, "org_a", rename)).await.unwrap();
        let rows = count(&store, left).await;
        assert!(rows > 0, "the change waited for the whole deletion");
        assert_eq!(pruning.await.unwrap().webhooks, 6_000);
    })
    .await;
}
