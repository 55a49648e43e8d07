//! When a session was first and last seen, and that its end is stored once.

use super::*;
use crate::lifetimes::Facts;
use crate::store::lifetimes::{self, End, FirstUse, NewSession};
use domain::sign_out_reason::SignOutReason::{self, SessionIdle, SessionReplaced, SessionTooOld};

const DAY_MS: i64 = 86_400_000;

fn id(session: &str) -> SessionId {
    SessionId::parse(session).unwrap()
}

async fn met(store: &Database, session: &str, person: &str, now_ms: i64, single: bool) -> FirstUse {
    let (session, user) = (id(session), UserId::parse(person.split(' ').next_back().unwrap()).unwrap());
    let newcomer = NewSession { session: &session, user: &user, person, now_ms, single };
    lifetimes::record_first_use(store, &newcomer).await.unwrap()
}

async fn found(store: &Database, session: &str) -> Option<Facts> {
    lifetimes::find(store, &id(session)).await.unwrap()
}

fn facts(first_seen_ms: i64, last_seen_ms: i64) -> Facts {
    Facts { first_seen_ms, last_seen_ms, ended: None }
}

fn end(session: &str, rule: SignOutReason, at_ms: i64) -> End {
    let actor = Some(Actor { session: id(session), ..actor("org_a") });
    End { session: id(session), rule, actor, request_id: "r".to_owned(), at_ms }
}

#[tokio::test]
async fn first_seen_is_kept_and_last_seen_only_grows() {
    on_every_database(|store| async move {
        assert_eq!(found(&store, "sess_1").await, None);
        assert_eq!(met(&store, "sess_1", "user_ann", NOW_MS, false).await.facts, Facts::new(NOW_MS));
        assert_eq!(met(&store, "sess_1", "user_ann", NOW_MS + 9, false).await.facts, Facts::new(NOW_MS));
        let seen = [(id("sess_1"), facts(NOW_MS, NOW_MS + 50)), (id("sess_unknown"), Facts::new(NOW_MS))];
        lifetimes::write(&store, &seen, NOW_MS + 60).await.unwrap();
        assert_eq!(found(&store, "sess_1").await, Some(facts(NOW_MS, NOW_MS + 50)));
        // Another server knows an earlier start and less activity.
        lifetimes::write(&store, &[(id("sess_1"), facts(NOW_MS - 5, NOW_MS + 40))], NOW_MS + 70).await.unwrap();
        assert_eq!(found(&store, "sess_1").await, Some(facts(NOW_MS - 5, NOW_MS + 50)));
        // The clock was set back: times in the future are not kept.
        lifetimes::write(&store, &[(id("sess_1"), facts(NOW_MS - 90, NOW_MS - 30))], NOW_MS - 30).await.unwrap();
        assert_eq!(found(&store, "sess_1").await, Some(facts(NOW_MS - 90, NOW_MS - 30)));
        assert_eq!(found(&store, "sess_unknown").await, None);
    })
    .await;
}

#[tokio::test]
async fn clerks_created_at_counts_when_it_is_earlier() {
    on_every_database(|store| async move {
        for (session_id, created_at) in
            [("sess_earlier", NOW_MS - DAY_MS), ("sess_later", NOW_MS + DAY_MS), ("sess_odd", 1)]
        {
            let mut told_of = session(session_id, "user_ann", NOW_MS);
            told_of["created_at"] = created_at.into();
            ingest_events(&store, &[event(session_id, "session.created", NOW_MS, told_of)]).await;
            let first_seen_ms = if session_id == "sess_earlier" { created_at } else { NOW_MS };
            let met = met(&store, session_id, "user_ann", NOW_MS, false).await;
            assert_eq!(met.facts, facts(first_seen_ms, NOW_MS), "{session_id}");
            assert_eq!(found(&store, session_id).await, Some(met.facts), "{session_id}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_the_newest_session_of_a_user_stays() {
    on_every_database(|store| async move {
        for (session, person, at_ms) in
            [("sess_1", "user_ann", 0), ("sess_bob", "user_bob", 1), ("sess_support", "user_sup as user_ann", 2)]
        {
            let met = met(&store, session, person, NOW_MS + at_ms, true).await;
            assert_eq!((met.facts.ended, met.replaced), (None, Vec::new()), "{session}");
        }
        let second = met(&store, "sess_2", "user_ann", NOW_MS + 3, true).await;
        assert_eq!((second.facts.ended, second.replaced), (None, vec![id("sess_1")]));
        assert_eq!(found(&store, "sess_1").await.unwrap().ended, Some(SessionReplaced));
        // Clerk reports an earlier start for this session, which was not seen before.
        let mut told_of = session("sess_0", "user_ann", NOW_MS);
        told_of["created_at"] = (NOW_MS - 10).into();
        ingest_events(&store, &[event("s0", "session.created", NOW_MS, told_of)]).await;
        assert_eq!(met(&store, "sess_0", "user_ann", NOW_MS + 4, true).await.facts.ended, Some(SessionReplaced));
        for session in ["sess_2", "sess_bob", "sess_support"] {
            assert_eq!(found(&store, session).await.unwrap().ended, None, "{session}");
        }
        let ends = lifetimes::ended_since(&store, NOW_MS + 4).await.unwrap();
        assert_eq!(ends, [(id("sess_0"), SessionReplaced)]);
        // The newest session has ended; an older one still does not come back.
        lifetimes::end(&store, &end("sess_2", SessionIdle, NOW_MS + 5)).await.unwrap();
        assert_eq!(met(&store, "sess_1", "user_ann", NOW_MS + 6, true).await.facts.ended, Some(SessionReplaced));
    })
    .await;
}

#[tokio::test]
async fn concurrent_new_sessions_leave_one() {
    on_every_database(|store| async move {
        let coming: Vec<_> = (0..12)
            .map(|number| (store.clone(), format!("sess_{number:02}")))
            .map(|(store, session)| tokio::spawn(async move { met(&store, &session, "user_ann", NOW_MS, true).await }))
            .collect();
        for session in coming {
            session.await.unwrap();
        }
        let mut running = Vec::new();
        for number in 0..12 {
            let session = format!("sess_{number:02}");
            if found(&store, &session).await.unwrap().ended.is_none() {
                running.push(session);
            }
        }
        assert_eq!(running, ["sess_11"], "of one age the greater id, so that all servers agree");
    })
    .await;
}

#[tokio::test]
async fn an_ended_session_is_stored_reported_and_audited_once() {
    on_every_database(|store| async move {
        met(&store, "sess_1", "user_ada", NOW_MS, false).await;
        for rule in [SessionTooOld, SessionIdle] {
            lifetimes::end(&store, &end("sess_1", rule, NOW_MS + 10)).await.unwrap();
        }
        assert_eq!(found(&store, "sess_1").await.unwrap().ended, Some(SessionTooOld), "the first rule");
        let log = audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows;
        let log: Vec<_> = log.into_iter().map(|row| (row.operation, row.outcome, row.times)).collect();
        assert_eq!(log, [("end_session".to_owned(), "session_too_old".to_owned(), 1)]);
        assert_eq!(lifetimes::unreported(&store, NOW_MS + 9).await.unwrap(), []);
        assert_eq!(lifetimes::unreported(&store, NOW_MS + 10).await.unwrap(), [id("sess_1")]);
        assert!(lifetimes::claim(&store, &id("sess_1"), NOW_MS + 10).await.unwrap().is_some());
        assert!(
            lifetimes::claim(&store, &id("sess_1"), NOW_MS + 10).await.unwrap().is_none(),
            "another server does it"
        );
        lifetimes::end(&store, &end("sess_1", SessionTooOld, NOW_MS + 11)).await.unwrap();
        assert_eq!(lifetimes::unreported(&store, NOW_MS + 11).await.unwrap(), []);
        assert_eq!(
            lifetimes::unreported(&store, NOW_MS + 70_000).await.unwrap(),
            [id("sess_1")],
            "it did not get there"
        );
        lifetimes::mark_reported(&store, &id("sess_1")).await.unwrap();
        lifetimes::end(&store, &end("sess_1", SessionTooOld, NOW_MS + 80_000)).await.unwrap();
        assert_eq!(lifetimes::unreported(&store, i64::MAX).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_replaced_session_is_reported_to_clerk_on_use_or_after_a_day() {
    on_every_database(|store| async move {
        for session in ["sess_1", "sess_2", "sess_3"] {
            met(&store, session, "user_ada", NOW_MS, true).await;
        }
        let later = NOW_MS + DAY_MS;
        assert_eq!(lifetimes::unreported(&store, later - 1).await.unwrap(), []);
        lifetimes::end(&store, &end("sess_1", SessionReplaced, NOW_MS + 5)).await.unwrap();
        assert_eq!(lifetimes::unreported(&store, NOW_MS + 5).await.unwrap(), [id("sess_1")]);
        assert_eq!(lifetimes::unreported(&store, later).await.unwrap(), [id("sess_1"), id("sess_2")]);
    })
    .await;
}
