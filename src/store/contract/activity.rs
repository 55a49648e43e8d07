//! The counts of each hour: what an event adds, and what is deleted.

use super::*;
use crate::retention::{Retention, prune};

pub(super) const HOUR_MS: i64 = 3_600_000;

pub(super) async fn sign_in(store: &Database, user: &str, number: i64, at_ms: i64) {
    let mut object = session(&format!("sess_{user}_{number}"), user, at_ms);
    object["created_at"] = at_ms.into();
    let created = event(&format!("msg_{user}_{number}"), "session.created", at_ms - 40, object);
    webhook_inbox::ingest(store, &created, at_ms).await.unwrap();
    // The same delivery again counts once.
    webhook_inbox::ingest(store, &created, at_ms).await.unwrap();
}

pub(super) fn refused(organization: &str, outcome: &'static str, at_ms: i64) -> DeniedCall {
    let actor = actor(organization);
    DeniedCall { actor, operation: "rename_organization", outcome, request_id: "r".to_owned(), at_ms }
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
