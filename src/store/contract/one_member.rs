//! One member with their sessions, and the number of sessions in the list, on every database.

use super::*;
use domain::operation::MAX_COUNTED_SESSIONS;

fn show(store: &Database, organization: &str, user_id: &str) -> Granted<ShowMember> {
    grant(store, organization, ShowMember { user_id: user_id.to_owned() })
}

#[tokio::test]
async fn a_member_is_shown_to_their_own_organization_only() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let ann = members::show(&show(&store, "org_a", "user_ann")).await.unwrap();
        let listed = members::list(&grant(&store, "org_a", ListMembers::default())).await.unwrap().rows;
        assert_eq!(listed, [ann.member]);
        let sessions: Vec<_> = ann.sessions.iter().map(|session| (session.id.as_str(), session.is_this_one)).collect();
        assert_eq!(sessions, [("sess_user_ann", false)]);
        for (organization, user) in [("org_b", "user_ann"), ("org_a", "user_bob"), ("org_a", "user_nobody")] {
            let found = members::show(&show(&store, organization, user)).await;
            assert!(matches!(found, Err(StoreError::NotFound)), "{user} in {organization}");
        }
        let end = membership("mem_user_ann", "org_a", "user_ann", "org:member", 2);
        ingest_events(&store, &[event("end", "organizationMembership.deleted", 2, end)]).await;
        let found = members::show(&show(&store, "org_a", "user_ann")).await;
        assert!(matches!(found, Err(StoreError::NotFound)), "a former member is shown");
    })
    .await;
}

#[tokio::test]
async fn a_program_with_many_sessions_does_not_make_the_list_or_the_page_long() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let sessions = (0..=i64::from(MAX_COUNTED_SESSIONS)).map(|number| {
            let id = format!("sess_{number:03}");
            let mut session = session(&id, "user_ann", 1);
            session["created_at"] = (number + 2).into();
            event(&id, "session.created", 1, session)
        });
        ingest_events(&store, &sessions.collect::<Vec<_>>()).await;
        let ann = members::show(&show(&store, "org_a", "user_ann")).await.unwrap();
        assert_eq!(ann.member.sessions, MAX_COUNTED_SESSIONS);
        let newest: Vec<_> = ann.sessions.iter().map(|session| session.id.as_str()).collect();
        assert_eq!((newest.len(), newest[0], newest[39]), (40, "sess_100", "sess_061"));
        let counted = members(&store, "org_a").await;
        assert_eq!(counted, [("user_ann".to_owned(), "member".to_owned(), MAX_COUNTED_SESSIONS)]);
    })
    .await;
}

#[tokio::test]
async fn recent_activity_is_by_the_member_and_about_them_in_this_organization() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let rename = async |organization: &str, user: &str, at_ms: i64| {
            let actor = Actor { user: UserId::parse(user).unwrap(), ..actor(organization) };
            let name = format!("{user} {at_ms}");
            let grant = Granted::for_tests(RenameOrganization::to(&name), actor, store.clone(), at_ms);
            organizations::rename(&grant).await.unwrap();
        };
        rename("org_a", "user_ann", NOW_MS).await;
        rename("org_a", "user_ada", NOW_MS + 1).await;
        rename("org_b", "user_ann", NOW_MS + 2).await;
        let role = ChangeRole { user_id: "user_ann".to_owned(), role: "admin".to_owned(), reason: String::new() };
        let intent = members::begin_role_change(&grant(&store, "org_a", role), "org:admin").await.unwrap();
        done(&store, intent, Effect::Absent).await;
        let role = ChangeRole { user_id: "user_bob".to_owned(), role: "admin".to_owned(), reason: String::new() };
        let intent = members::begin_role_change(&grant(&store, "org_b", role), "org:admin").await.unwrap();
        done(&store, intent, Effect::Absent).await;
        // The membership above has ended, and the person comes back.
        let again = membership("mem_again", "org_a", "user_ann", "org:member", NOW_MS + 9);
        ingest_events(&store, &[event("again", "organizationMembership.created", NOW_MS + 9, again)]).await;
        let recent = members::show(&show(&store, "org_a", "user_ann")).await.unwrap().recent;
        let seen: Vec<_> = recent.iter().map(|entry| (entry.operation.as_str(), entry.actor.as_str())).collect();
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert!(seen.contains(&("rename_organization", "user_ann")), "{seen:?}");
        assert!(seen.contains(&("change_role", "user_ada")), "{seen:?}");
        for number in 0..12 {
            rename("org_a", "user_ann", NOW_MS + 100 + number).await;
        }
        let recent = members::show(&show(&store, "org_a", "user_ann")).await.unwrap().recent;
        assert_eq!((recent.len(), recent[0].at_ms), (10, NOW_MS + 111), "the newest ones");
    })
    .await;
}
