//! The sessions of an organization: each is on one page, in order, in both directions, and those of
//! other organizations are on none.

use super::*;
use domain::operation::{ListSessions, MemberSessionView, SessionsView};

const SESSIONS: i64 = 60;

async fn list(store: &Database, organization: &str, page: &str) -> SessionsView {
    let input = ListSessions { page: page.to_owned() };
    session_list::list(&grant(store, organization, input)).await.unwrap()
}

fn ids(view: &SessionsView) -> Vec<&str> {
    view.page.rows.iter().map(|session| session.id.as_str()).collect()
}

/// Sessions 0 to 59 of `user_ann`, three at each point in time, and one of `user_bob`.
async fn many_sessions(store: &Database) {
    two_organizations(store).await;
    let sessions = (0..SESSIONS).map(|number| {
        let mut object = session(&format!("sess_{number:02}"), "user_ann", 5);
        object["created_at"] = (100 + number / 3).into();
        parse_object::<objects::Session>(&object)
    });
    mirror::upsert_page(store, &sessions.collect::<Vec<_>>()).await.unwrap();
}

fn numbers(range: std::ops::Range<i64>) -> Vec<String> {
    range.rev().map(|number| format!("sess_{number:02}")).collect()
}

#[tokio::test]
async fn each_session_is_on_one_page_in_both_directions() {
    on_every_database(|store| async move {
        many_sessions(&store).await;
        let first = list(&store, "org_a", "").await;
        assert_eq!((ids(&first), first.active), (numbers(35..60).iter().map(String::as_str).collect(), 61));
        let second = list(&store, "org_a", &first.page.next.clone().unwrap()).await;
        assert_eq!(ids(&second), numbers(10..35));
        let third = list(&store, "org_a", &second.page.next.clone().unwrap()).await;
        // The session of `two_organizations` started first.
        assert_eq!(ids(&third), [numbers(0..10), vec!["sess_user_ann".to_owned()]].concat());
        assert_eq!(third.page.next, None);
        let back = list(&store, "org_a", &third.page.previous.unwrap()).await;
        assert_eq!(back, second);
        // The session that a place names may have ended meanwhile.
        let place = first.page.next.unwrap();
        let ended = revoked_session("sess_35", "user_ann", 9);
        mirror::upsert_page(&store, &[ended]).await.unwrap();
        assert_eq!(ids(&list(&store, "org_a", &place).await), numbers(10..35));
        assert_eq!(list(&store, "org_a", "").await.active, 60);
        assert_eq!(ids(&list(&store, "org_b", "").await), ["sess_user_bob"]);
        assert_eq!(list(&store, "org_c", "").await, list(&store, "org_c", &place).await);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_expired_or_that_a_rule_ended_is_not_listed() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let mut expired = session("sess_expired", "user_ann", 5);
        expired["expire_at"] = (NOW_MS - 1).into();
        let mut pending = session("sess_pending", "user_ann", 5);
        pending["status"] = "pending".into();
        let sessions = [&expired, &pending].map(parse_object::<objects::Session>);
        mirror::upsert_page(&store, &sessions).await.unwrap();
        let found = list(&store, "org_a", "").await;
        assert_eq!((ids(&found), found.active), (vec!["sess_user_ann", "sess_pending"], 1));
        let pending: Vec<_> = found.page.rows.iter().map(|session| session.pending).collect();
        assert_eq!(pending, [false, true]);
        let lifetime = sqlx::query(
            "insert into session_lifetimes (session_id, person, first_seen_at, last_seen_at, ended_by, ended_at) \
             values ('sess_user_ann', 'user_ann', 1, 7, 'session_idle', 8)",
        );
        store.writer().execute(lifetime).await.unwrap();
        assert_eq!(ids(&list(&store, "org_a", "").await), ["sess_pending"]);
    })
    .await;
}

#[tokio::test]
async fn the_own_session_is_marked() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let member = parse_object(&membership("mem_ada", "org_a", "user_ada", "org:admin", 1));
        mirror::upsert_page::<objects::Membership>(&store, &[member]).await.unwrap();
        let own = ["sess_ada", "sess_other"].map(|id| parse_object(&session(id, "user_ada", 2)));
        mirror::upsert_page::<objects::Session>(&store, &own).await.unwrap();
        let mine = async || {
            let rows = list(&store, "org_a", "").await.page.rows;
            let mine = rows.into_iter().filter(|session| session.is_you);
            mine.map(|MemberSessionView { id, is_this_one, .. }| (id, is_this_one)).collect::<Vec<_>>()
        };
        assert_eq!(mine().await, [("sess_other".to_owned(), false), ("sess_ada".to_owned(), true)]);
    })
    .await;
}

#[tokio::test]
async fn the_daily_repair_lists_what_an_earlier_version_stored() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        store.writer().execute(sqlx::query("delete from organization_sessions")).await.unwrap();
        assert!(ids(&list(&store, "org_a", "").await).is_empty());
        recount::correct(&store).await.unwrap();
        assert_eq!(ids(&list(&store, "org_a", "").await), ["sess_user_ann"]);
    })
    .await;
}
