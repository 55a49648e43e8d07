//! Roles, pending sessions, and impersonation.

use super::*;
use domain::operation::ListRoles;

#[tokio::test]
async fn a_pending_session_is_listed_but_not_counted() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        ingest_events(&store, &[event("p", "session.pending", 2, session("sess_p", "user_ann", 2))]).await;
        let show = ShowMember { user_id: "user_ann".to_owned() };
        let ann = members::show(&grant(&store, "org_a", show)).await.unwrap();
        assert_eq!(ann.member.sessions, 2);
        let mut pending: Vec<_> = ann.sessions.iter().map(|session| session.pending).collect();
        pending.sort_unstable();
        assert_eq!(pending, [false, true]);
        assert_eq!(dashboard::show(&grant(&store, "org_a", ShowDashboard {})).await.unwrap().sessions, 1);
        let revoke = grant(&store, "org_a", RevokeSession { session_id: "sess_p".to_owned(), reason: String::new() });
        assert!(sessions::begin_revocation(&revoke).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn roles_list_their_permissions() {
    on_every_database(|store| async move {
        let permission = |id: &str, key: &str, name: &str, updated_at: i64| {
            json!({ "id": id, "key": key, "name": name, "updated_at": updated_at })
        };
        let admin = json!({ "id": "role_1", "key": "org:admin", "name": "Admin", "updated_at": 1,
            "permissions": [permission("perm_1", "org:admin:access", "Access", 1), "org:other:thing"] });
        let member = json!({ "id": "role_2", "key": "org:member", "name": "Member", "permissions": [],
            "updated_at": 1 });
        let gone = json!({ "id": "role_3", "key": "org:gone", "name": "Gone", "updated_at": 1 });
        ingest_events(
            &store,
            &[
                event("1", "role.created", 1, admin),
                event("2", "role.created", 1, member),
                event("3", "role.deleted", 3, json!({ "id": "role_3", "deleted": true })),
                event("4", "role.created", 1, gone),
                event("5", "permission.updated", 2, permission("perm_1", "org:admin:access", "Use the dashboard", 2)),
                event("6", "permission.created", 1, permission("perm_1", "org:admin:access", "Access", 1)),
                event("7", "permission.deleted", 2, json!({ "id": "perm_2", "deleted": true })),
            ],
        )
        .await;
        let found = roles::list(&grant(&store, "org_a", ListRoles {})).await.unwrap();
        let found: Vec<_> = found.iter().map(|role| (role.key.as_str(), role.grants.join(", "))).collect();
        assert_eq!(found, [("admin", "Use the dashboard, org:other:thing".to_owned()), ("member", String::new())]);
    })
    .await;
}

#[tokio::test]
async fn an_impersonator_is_named_beside_the_user() {
    on_every_database(|store| async move {
        let acting = Actor { impersonator: Some("user_sup".to_owned()), ..actor("org_a") };
        let rename = RenameOrganization::to("Under another name");
        organizations::rename(&Granted::for_tests(rename, acting.clone(), store.clone(), NOW_MS)).await.unwrap();
        let refused = |actor: Actor| DeniedCall {
            actor,
            operation: "change_role",
            outcome: "forbidden",
            request_id: "r".to_owned(),
            at_ms: NOW_MS,
        };
        audit::record_refusals(&store, &[refused(acting), refused(actor("org_a"))]).await.unwrap();
        let log = audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows;
        let mut named: Vec<_> = log.into_iter().map(|entry| (entry.outcome, entry.impersonator, entry.times)).collect();
        named.sort_unstable();
        let impersonator = || Some("user_sup".to_owned());
        assert_eq!(
            named,
            [
                ("done".to_owned(), impersonator(), 1),
                ("forbidden".to_owned(), None, 1),
                ("forbidden".to_owned(), impersonator(), 1)
            ]
        );
    })
    .await;
}
