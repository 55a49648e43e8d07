//! The stored counts of an organization equal a count of the rows, after every change and beside
//! every other change.

use super::*;
use crate::retention::{Retention, prune};
use crate::store::session_expiry::mark_expired;
use crate::store::tombstones::{Deleted, mark_deleted, mark_membership_deleted, mark_session_ended};
use std::collections::BTreeSet;

const DAY_MS: i64 = 86_400_000;
const USERS: [&str; 4] = ["user_ann", "user_bob", "user_cy", "user_di"];
const ORGANIZATIONS: [&str; 3] = ["org_a", "org_b", "org_c"];
const STATUSES: [&str; 5] = ["active", "active", "active", "pending", "revoked"];

/// Members and sessions on the dashboard at a time.
async fn shown(store: &Database, organization: &str, now_ms: i64) -> (u32, u32) {
    let grant = Granted::for_tests(ShowDashboard {}, actor(organization), store.clone(), now_ms);
    let view = dashboard::show(&grant).await.unwrap();
    (view.members, view.sessions)
}

/// The same, counted row by row.
async fn counted(store: &Database, organization: &str, now_ms: i64) -> (u32, u32) {
    let (members, sessions): (i64, i64) = sqlx::query_as(
        "select count(distinct m.user_id), count(distinct s.id) from memberships m \
         left join sessions s on s.user_id = m.user_id and s.status = 'active' \
           and (s.expires_at is null or s.expires_at > $2) \
         where m.organization_id = $1 and m.deleted_at is null",
    )
    .bind(organization)
    .bind(now_ms)
    .fetch_one(store.reader())
    .await
    .unwrap();
    (members.try_into().unwrap(), sessions.try_into().unwrap())
}

/// The sessions that are listed, and those that should be.
async fn listed(store: &Database) -> [Vec<(String, String, i64)>; 2] {
    let listed = "select organization_id, session_id, started_at from organization_sessions order by 1, 2, 3";
    let running = "select distinct m.organization_id, s.id, s.created_at from memberships m \
         join sessions s on s.user_id = m.user_id where m.deleted_at is null \
         and s.status in ('active', 'pending') and s.expired = 0 order by 1, 2, 3";
    [
        sqlx::query_as(listed).fetch_all(store.reader()).await.unwrap(),
        sqlx::query_as(running).fetch_all(store.reader()).await.unwrap(),
    ]
}

async fn assert_counts(store: &Database, now_ms: i64, after: &str) {
    for organization in ORGANIZATIONS {
        let expected = counted(store, organization, now_ms).await;
        assert_eq!(shown(store, organization, now_ms).await, expected, "{organization} after {after}");
    }
    let [listed, running] = listed(store).await;
    assert_eq!(listed, running, "after {after}");
    let wrong = recount::correct(store).await.unwrap();
    assert!(wrong.is_empty(), "{wrong:?} after {after}");
}

/// A clock that was ahead for a while hides no session for good.
#[tokio::test]
async fn sessions_that_were_marked_too_early_count_again() {
    on_every_database(|store| async move {
        let user = user("user_ann", "Ann", 1);
        let member = membership("mem_a", "org_a", "user_ann", "org:member", 1);
        let mut running = session("sess_a", "user_ann", NOW_MS);
        running["expire_at"] = (NOW_MS + 7 * DAY_MS).into();
        ingest_events(
            &store,
            &[
                event("1", "user.created", 1, user),
                event("2", "organizationMembership.created", 1, member),
                event("3", "session.created", 1, running),
            ],
        )
        .await;
        assert_eq!(mark_expired(&store, NOW_MS + 8 * DAY_MS).await.unwrap(), 1);
        assert_eq!(mark_expired(&store, NOW_MS).await.unwrap(), 1);
        assert_eq!(shown(&store, "org_a", NOW_MS).await, (1, 1));
        assert_counts(&store, NOW_MS, "the clock was put right").await;
    })
    .await;
}

/// Numbers that look random and are the same in every run (Knuth's MMIX generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_of(&mut self, texts: &[&'static str]) -> &'static str {
        texts[self.below(texts.len())]
    }

    fn session(&mut self, now_ms: i64) -> Value {
        let user = self.below(USERS.len());
        let id = format!("sess_{}_{}", USERS[user], self.below(9));
        let mut object = session(&id, USERS[user], now_ms);
        object["status"] = self.one_of(&STATUSES).into();
        object["created_at"] = (now_ms - 1000).into();
        if self.below(2) == 0 {
            object["expire_at"] = (now_ms + i64::try_from(self.below(20)).unwrap() * DAY_MS / 8).into();
        }
        object
    }

    fn membership(&mut self, now_ms: i64) -> Value {
        let (user, organization) = (self.one_of(&USERS), self.one_of(&ORGANIZATIONS));
        let id = format!("mem_{organization}_{user}_{}", self.below(2));
        // Events arrive out of order.
        let updated_at = now_ms - i64::try_from(self.below(3)).unwrap() * DAY_MS;
        membership(&id, organization, user, "org:member", updated_at)
    }
}

/// A webhook, which may be an old one again.
async fn deliver(store: &Database, numbers: &mut Numbers, events: &mut Vec<Event>, now_ms: i64) -> String {
    let id = format!("msg_{}", events.len());
    let (kind, data) = match numbers.below(20) {
        0 if events.len() > 60 => ("user.deleted", json!({ "id": numbers.one_of(&USERS[2..]), "deleted": true })),
        1 if events.len() > 80 => ("organization.deleted", json!({ "id": ORGANIZATIONS[2], "deleted": true })),
        2 | 3 => ("user.updated", user(numbers.one_of(&USERS), "Name", now_ms)),
        4 | 5 => ("organizationMembership.deleted", numbers.membership(now_ms)),
        6..=10 => ("organizationMembership.created", numbers.membership(now_ms)),
        _ => ("session.created", numbers.session(now_ms)),
    };
    events.push(event(&id, kind, now_ms, data.clone()));
    let chosen = if numbers.below(5) == 0 { numbers.below(events.len()) } else { events.len() - 1 };
    webhook_inbox::ingest(store, &events[chosen], now_ms).await.unwrap();
    format!("{chosen} of {} {kind} {data}", events.len())
}

/// The result of a command.
async fn finish_command(store: &Database, numbers: &mut Numbers, now_ms: i64) -> String {
    let ban = Change::Ban { user: UserId::parse("user_ann").unwrap() };
    let intent = begin(store, ban, "user_ann").await;
    let session = || parse_object::<objects::Session>(&numbers.session(now_ms));
    let mut sessions: Vec<_> = std::iter::repeat_with(session).take(3).collect();
    let effect = match numbers.below(5) {
        0 => Effect::Membership(parse_object(&numbers.membership(now_ms))),
        1 => Effect::MembershipEnded(parse_object(&numbers.membership(now_ms))),
        2 => Effect::Session(sessions.remove(0)),
        3 => Effect::Sessions { ended: sessions, all: numbers.below(2) == 0 },
        _ => {
            let mut banned = user("user_ann", "Ann", now_ms);
            banned["banned"] = true.into();
            Effect::User { user: parse_object(&banned), ended: sessions }
        }
    };
    let what = format!("{effect:?}");
    done(store, intent, effect).await;
    what
}

/// A step of a sync or of a job.
async fn maintain(store: &Database, numbers: &mut Numbers, now_ms: i64) -> String {
    let (number, user) = (numbers.below(9), numbers.one_of(&USERS));
    match number {
        0 => drop(prune(store, &Retention::default(), now_ms).await.unwrap()),
        1 | 2 => drop(mark_expired(store, now_ms).await.unwrap()),
        3 => {
            let page: Vec<objects::Session> = (0..5).map(|_| parse_object(&numbers.session(now_ms))).collect();
            mirror::upsert_page(store, &page).await.unwrap();
        }
        4 => {
            let page: Vec<objects::Membership> = (0..5).map(|_| parse_object(&numbers.membership(now_ms))).collect();
            mirror::upsert_page(store, &page).await.unwrap();
        }
        5 => {
            let id = format!("mem_org_a_{user}_{}", numbers.below(2));
            mark_membership_deleted(store, &id, now_ms).await.unwrap();
        }
        6 => {
            let mut transaction = store.writer().begin().await.unwrap();
            let (organization, user) = (OrganizationId::parse("org_b").unwrap(), UserId::parse(user).unwrap());
            tombstones::end_membership_of(&mut transaction, &organization, &user, now_ms).await.unwrap();
            transaction.commit().await.unwrap();
        }
        7 => {
            let id = SessionId::parse(&format!("sess_{user}_{}", numbers.below(9))).unwrap();
            mark_session_ended(store, &id).await.unwrap();
        }
        _ => mark_deleted(store, Deleted::Role, "role_1", now_ms).await.unwrap(),
    }
    format!("maintenance {number} {user}")
}

#[tokio::test]
async fn the_counts_equal_a_recount_after_every_step() {
    on_every_database(|store| async move {
        let (mut numbers, mut events, mut seen) = (Numbers(12), Vec::new(), BTreeSet::new());
        for step in 0..160 {
            let now_ms = NOW_MS + step * DAY_MS / 4;
            let after = match numbers.below(8) {
                0 => finish_command(&store, &mut numbers, now_ms).await,
                1 | 2 => maintain(&store, &mut numbers, now_ms).await,
                _ => deliver(&store, &mut numbers, &mut events, now_ms).await,
            };
            assert_counts(&store, now_ms, &format!("step {step}: {after}")).await;
            seen.insert(shown(&store, "org_a", now_ms).await);
        }
        assert!(seen.len() > 8, "the steps change something: {seen:?}");
    })
    .await;
}

#[tokio::test]
async fn the_counts_are_right_after_concurrent_changes() {
    on_every_database(|store| async move {
        let writer = |seed: u64| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut numbers = Numbers(seed);
                for step in 0..12_i64 {
                    let now_ms = NOW_MS + step * DAY_MS / 4;
                    let (memberships, sessions): (Vec<objects::Membership>, Vec<objects::Session>) = (0..4)
                        .map(|_| (parse_object(&numbers.membership(now_ms)), parse_object(&numbers.session(now_ms))))
                        .unzip();
                    mirror::upsert_page(&store, &sessions).await.unwrap();
                    // Two of these pages may wait for each other, as they name organizations in
                    // any order, so each membership has a transaction of its own.
                    for membership in memberships {
                        mirror::upsert_page(&store, &[membership]).await.unwrap();
                    }
                    mark_expired(&store, now_ms).await.unwrap();
                    let deleted = event(
                        &format!("{seed} {step}"),
                        "organizationMembership.deleted",
                        now_ms,
                        numbers.membership(now_ms),
                    );
                    webhook_inbox::ingest(&store, &deleted, now_ms).await.unwrap();
                    if step == 8 {
                        mark_deleted(&store, Deleted::Organization, "org_c", now_ms).await.unwrap();
                    }
                    assert_eq!(recount::correct(&store).await.unwrap(), Vec::<String>::new());
                }
            })
        };
        let writers: Vec<_> = (1..=5).map(writer).collect();
        for writer in writers {
            writer.await.unwrap();
        }
        assert_counts(&store, NOW_MS + 3 * DAY_MS, "all writers").await;
        assert_eq!(shown(&store, "org_c", NOW_MS).await, (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_count_is_corrected() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        for statement in [
            "update organization_counts set members = 7, sessions = -3 where organization_id = 'org_a'",
            "delete from organization_counts where organization_id = 'org_b'",
            "insert into organization_counts (organization_id, members, sessions) values ('org_none', 1, 0)",
        ] {
            store.writer().execute(statement).await.unwrap();
        }
        assert_eq!(shown(&store, "org_a", NOW_MS).await, (7, 0), "a page shows no negative number");
        assert_eq!(recount::correct(&store).await.unwrap(), ["org_a", "org_b", "org_none"]);
        assert_eq!(shown(&store, "org_a", NOW_MS).await, (1, 1));
        assert_eq!(shown(&store, "org_b", NOW_MS).await, (1, 1));
        assert_counts(&store, NOW_MS, "the correction").await;
        let (rows,): (i64,) =
            sqlx::query_as("select count(*) from organization_counts").fetch_one(store.reader()).await.unwrap();
        assert_eq!(rows, 2);
    })
    .await;
}

#[tokio::test]
async fn a_session_counts_until_the_moment_in_which_it_expires() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let mut short = session("sess_short", "user_ann", 1);
        short["expire_at"] = (NOW_MS + 1000).into();
        ingest_events(&store, &[event("short", "session.created", 1, short.clone())]).await;
        for (at_ms, sessions) in [(0, 2), (999, 2), (1000, 1), (5000, 1)] {
            assert_eq!(shown(&store, "org_a", NOW_MS + at_ms).await, (1, sessions), "{at_ms}");
        }
        assert_eq!(mark_expired(&store, NOW_MS + 999).await.unwrap(), 0);
        assert_eq!(mark_expired(&store, NOW_MS + 1000).await.unwrap(), 1);
        assert_eq!(mark_expired(&store, NOW_MS + 1000).await.unwrap(), 0, "it is marked once");
        assert_counts(&store, NOW_MS + 1000, "the mark").await;
        // The same session with a later end counts again.
        short["expire_at"] = (NOW_MS + 9000).into();
        ingest_events(&store, &[event("longer", "session.created", 1, short)]).await;
        assert_eq!(shown(&store, "org_a", NOW_MS + 8999).await, (1, 2));
        assert_eq!(shown(&store, "org_a", NOW_MS + 9000).await, (1, 1));
        assert_counts(&store, NOW_MS + 1000, "the extension").await;
    })
    .await;
}
