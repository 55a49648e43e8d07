//! A period of the charts shows what was counted in it, and in the time before.

use super::activity::{HOUR_MS, refused, sign_in};
use super::*;
use domain::operation::{ActivityView, ShowActivity};

async fn shown_at(store: &Database, organization: &str, period: &str, now_ms: i64) -> ActivityView {
    let input = ShowActivity { period: period.to_owned() };
    crate::store::activity_charts::show(&Granted::for_tests(input, actor(organization), store.clone(), now_ms))
        .await
        .unwrap()
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
