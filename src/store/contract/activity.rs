//! The counts of each hour: what an event adds, what a period shows, and what is deleted.

use super::*;
use crate::retention::{Retention, prune};
use domain::operation::{ActivityView, ShowActivity};

const HOUR_MS: i64 = 3_600_000;

async fn shown_at(store: &Database, organization: &str, period: &str, now_ms: i64) -> ActivityView {
    let input = ShowActivity { period: period.to_owned() };
    crate::store::activity::show(&Granted::for_tests(input, actor(organization), store.clone(), now_ms)).await.unwrap()
}

async fn sign_in(store: &Database, user: &str, number: i64, at_ms: i64) {
    let mut object = session(&format!("sess_{user}_{number}"), user, at_ms);
    object["created_at"] = at_ms.into();
    let created = event(&format!("msg_{user}_{number}"), "session.created", at_ms - 40, object);
    webhook_inbox::ingest(store, &created, at_ms).await.unwrap();
    // The same delivery again counts once.
    webhook_inbox::ingest(store, &created, at_ms).await.unwrap();
}

fn refused(organization: &str, outcome: &'static str, at_ms: i64) -> DeniedCall {
    let actor = actor(organization);
    DeniedCall { actor, operation: "rename_organization", outcome, request_id: "r".to_owned(), at_ms }
}

#[tokio::test]
async fn a_period_is_compared_to_the_time_before() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        // Those events count, too.
        for statement in ["delete from hourly_activity", "delete from recent_activity"] {
            store.writer().execute(sqlx::query(statement)).await.unwrap();
        }
        let day = 24 * HOUR_MS;
        for (number, at_ms) in [NOW_MS - 30 * HOUR_MS, NOW_MS - 3 * HOUR_MS, NOW_MS, NOW_MS].into_iter().enumerate() {
            sign_in(&store, "user_ann", i64::try_from(number).unwrap(), at_ms).await;
        }
        sign_in(&store, "user_bob", 0, NOW_MS).await;
        let calls = [("forbidden", 0), ("forbidden", 0), ("rate_limited", HOUR_MS), ("forbidden", day)];
        let calls = calls.map(|(outcome, ago)| refused("org_a", outcome, NOW_MS - ago));
        audit::record_refusals(&store, &calls).await.unwrap();
        let found = shown_at(&store, "org_a", "day", NOW_MS).await;
        assert_eq!((found.sign_ins.total, found.sign_ins.before), (3, 1));
        assert_eq!(found.sign_ins.points.len(), 24);
        assert_eq!(found.sign_ins.points[20..], [1, 0, 0, 2]);
        assert_eq!((found.sessions.total, found.sessions.before), (5, 2));
        assert_eq!(found.sessions.points[20..], [3, 3, 3, 5]);
        assert_eq!((found.members.total, found.members.before), (1, 1));
        assert_eq!((found.refusals.total, found.refusals.before, found.limited.total), (3, 1, 1));
        let reasons: Vec<_> = found.reasons.iter().map(|reason| (reason.code.as_str(), reason.times)).collect();
        assert_eq!(reasons, [("forbidden", 2), ("rate_limited", 1)]);
        let week = shown_at(&store, "org_a", "week", NOW_MS).await;
        assert_eq!((week.sign_ins.total, week.sign_ins.points.len()), (4, 7));
        assert_eq!(week.webhook_lag_ms.total, 40);
        // The other organization has its own numbers, and one without events has zeros.
        assert_eq!(shown_at(&store, "org_b", "day", NOW_MS).await.sign_ins.total, 1);
        assert_eq!(shown_at(&store, "org_b", "day", NOW_MS).await.refusals.total, 0);
        assert_eq!(shown_at(&store, "org_c", "", NOW_MS).await.sessions.points, [0; 24]);
    })
    .await;
}

#[tokio::test]
async fn an_hour_has_a_point_for_each_five_minutes() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        store.writer().execute(sqlx::query("delete from recent_activity")).await.unwrap();
        // The chart ends with the five minutes of now.
        let now_ms = NOW_MS - NOW_MS.rem_euclid(300_000) + 299_999;
        let minutes_ago = [0, 4, 5, 59, 60, 119, 120];
        for (number, minutes) in (0..).zip(minutes_ago) {
            sign_in(&store, "user_ann", number, now_ms - minutes * 60_000).await;
        }
        let calls = minutes_ago.map(|minutes| refused("org_a", "rate_limited", now_ms - minutes * 60_000));
        audit::record_refusals(&store, &calls).await.unwrap();
        let hour = shown_at(&store, "org_a", "hour", now_ms).await;
        assert_eq!(hour.sign_ins.points, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!((hour.sign_ins.total, hour.sign_ins.before), (4, 2));
        assert_eq!((hour.limited.points, hour.limited.before), (hour.sign_ins.points, 2));
        assert_eq!((hour.sessions.points.len(), hour.sessions.total), (12, 8));
        assert_eq!((hour.ends_at_ms, hour.webhook_lag_ms.total), (now_ms + 1, 40));
        assert_eq!(shown_at(&store, "org_b", "hour", now_ms).await.sign_ins.total, 0);
    })
    .await;
}

#[tokio::test]
async fn hours_that_no_period_shows_are_deleted() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        sign_in(&store, "user_ann", 1, NOW_MS - 15 * 24 * HOUR_MS).await;
        sign_in(&store, "user_ann", 2, NOW_MS).await;
        let calls = [refused("org_a", "forbidden", NOW_MS - 15 * 24 * HOUR_MS), refused("org_a", "forbidden", NOW_MS)];
        audit::record_refusals(&store, &calls).await.unwrap();
        prune(&store, &Retention::default(), NOW_MS).await.unwrap();
        for (table, kept) in
            [("hourly_activity", 2), ("hourly_refusals", 1), ("recent_activity", 2), ("recent_refusals", 1)]
        {
            #[expect(clippy::disallowed_methods, reason = "names of tables are no parameters; these are ours")]
            let statement = sqlx::AssertSqlSafe(format!("select cast(count(*) as bigint) from {table}"));
            let (rows,): (i64,) = sqlx::query_as(statement).fetch_one(store.reader()).await.unwrap();
            assert_eq!(rows, kept, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_settings_show_the_caller_and_their_sessions() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let own = ["sess_ada", "sess_other"].map(|id| parse_object(&session(id, "user_ada", 2)));
        mirror::upsert_page::<objects::Session>(&store, &own).await.unwrap();
        let grant = grant(&store, "org_a", domain::operation::ShowSettings {});
        let found = settings::show(&grant).await.unwrap();
        assert_eq!((found.user_id.as_str(), found.person.as_str(), found.email), ("user_ada", "user_ada", None));
        let sessions: Vec<_> =
            found.sessions.iter().map(|session| (session.id.as_str(), session.is_this_one)).collect();
        assert_eq!(sessions, [("sess_ada", true), ("sess_other", false)]);
    })
    .await;
}

#[tokio::test]
async fn open_commands_are_counted_for_the_whole_instance() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let open = async || {
            let grant = grant(&store, "org_b", domain::operation::ShowSecurity {});
            crate::store::command_intents::open(&grant).await.unwrap()
        };
        assert_eq!(open().await, 0);
        let revoke = grant(&store, "org_a", domain::operation::RevokeOtherSessions::default());
        let intent = sessions::begin_revocation_of_others(&revoke).await.unwrap();
        assert_eq!(open().await, 1);
        done(&store, intent, Effect::Sessions { ended: Vec::new(), all: true }).await;
        assert_eq!(open().await, 0);
    })
    .await;
}
