//! Bans and locks, and the organizations of a user.

use super::*;
use domain::operation::{BanUser, LockUser, ShowUser, UnbanUser, UnlockUser};

#[tokio::test]
async fn a_ban_ends_sessions_and_shows_in_every_organization() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let mut person = user("user_ann", "Ann", 5);
        person["banned"] = true.into();
        let ban = grant(&store, "org_b", BanUser { user_id: "user_ann".to_owned(), reason: String::new() });
        let intent = users::begin_ban(&ban).await.unwrap();
        let ended = vec![revoked_session("sess_unheard", "user_ann", 1)];
        done(&store, intent, Effect::User { user: parse_object(&person), ended }).await;
        // A late event does not revive a session that the ban ended.
        ingest_events(&store, &[event("unheard", "session.created", 1, session("sess_unheard", "user_ann", 1))]).await;
        let page = members::list(&grant(&store, "org_a", ListMembers::default())).await.unwrap();
        let ann = &page.rows[0];
        assert_eq!((ann.banned, ann.locked, ann.sessions), (true, false, 0));
        // The entry is in the log of the organization that banned the user.
        assert!(audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows.is_empty());
        let log = audit::list(&grant(&store, "org_b", ListAudit::default())).await.unwrap().rows;
        let change = log[0].change.clone().unwrap();
        assert_eq!((change.from.as_str(), change.to.as_str()), ("active", "banned"));
        // An older, late webhook does not lift the ban; Clerk's answer to the unban does.
        ingest_events(&store, &[event("late", "user.updated", 4, user("user_ann", "Ann", 4))]).await;
        let banned =
            async || members::list(&grant(&store, "org_a", ListMembers::default())).await.unwrap().rows[0].banned;
        assert!(banned().await);
        let unban = grant(&store, "org_b", UnbanUser { user_id: "user_ann".to_owned(), reason: String::new() });
        let intent = users::begin_unban(&unban).await.unwrap();
        done(&store, intent, Effect::User { user: parse_object(&user("user_ann", "Ann", 6)), ended: Vec::new() }).await;
        assert!(!banned().await);
    })
    .await;
}

#[tokio::test]
async fn a_lock_and_its_end_keep_running_sessions() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let mut person = user("user_ann", "Ann", 5);
        person["locked"] = true.into();
        let lock = grant(&store, "org_a", LockUser { user_id: "user_ann".to_owned(), reason: String::new() });
        let intent = users::begin_lock(&lock).await.unwrap();
        done(&store, intent, Effect::User { user: parse_object(&person), ended: Vec::new() }).await;
        let page = members::list(&grant(&store, "org_a", ListMembers::default())).await.unwrap();
        assert_eq!((page.rows[0].locked, page.rows[0].sessions), (true, 1));
        let unlock = grant(&store, "org_a", UnlockUser { user_id: "user_ann".to_owned(), reason: String::new() });
        let intent = users::begin_unlock(&unlock).await.unwrap();
        done(&store, intent, Effect::User { user: parse_object(&user("user_ann", "Ann", 6)), ended: Vec::new() }).await;
        let page = members::list(&grant(&store, "org_a", ListMembers::default())).await.unwrap();
        assert_eq!((page.rows[0].locked, page.rows[0].sessions), (false, 1));
    })
    .await;
}

#[tokio::test]
async fn the_organizations_of_a_user_are_those_of_running_memberships() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        ingest_events(
            &store,
            &[
                event("oa", "organization.created", 1, json!({ "id": "org_a", "name": "Engines", "updated_at": 1 })),
                event("ob", "organization.created", 1, json!({ "id": "org_b", "name": "Works", "updated_at": 1 })),
                event("ab", "organizationMembership.created", 1, membership("m2", "org_b", "user_ann", "org:admin", 1)),
            ],
        )
        .await;
        let names = async || {
            let asked = grant(&store, "org_a", ShowUser { user_id: "user_ann".to_owned() });
            let found = users::organizations(&asked).await.unwrap();
            found.into_iter().map(|found| (found.name, found.role)).collect::<Vec<_>>()
        };
        let (engines, works) = (("Engines".to_owned(), "member".to_owned()), ("Works".to_owned(), "admin".to_owned()));
        assert_eq!(names().await, [engines.clone(), works]);
        let end = membership("m2", "org_b", "user_ann", "org:admin", 2);
        ingest_events(&store, &[event("end", "organizationMembership.deleted", 2, end)]).await;
        assert_eq!(names().await, [engines]);
    })
    .await;
}
