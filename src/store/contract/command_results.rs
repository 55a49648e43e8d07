//! The results of commands: how Clerk's answers are stored and audited, whatever arrives in
//! between.

use super::*;

async fn changes(store: &Database) -> Vec<ChangeView> {
    let log = audit::list(&grant(store, "org_a", ListAudit::default())).await.unwrap().rows;
    log.into_iter().filter_map(|entry| entry.change).collect()
}

/// Whether the changes form one chain: each starts with the value that another one ended with.
fn is_chain(changes: &[ChangeView], start: &str) -> bool {
    let mut froms: Vec<_> = changes.iter().map(|change| change.from.as_str()).collect();
    let mut tos: Vec<_> = changes.iter().map(|change| change.to.as_str()).chain([start]).collect();
    froms.sort_unstable();
    tos.sort_unstable();
    // Every end except the last is the start of one other change.
    tos.len() == froms.len() + 1 && froms.iter().all(|from| tos.contains(from)) && {
        froms.dedup();
        froms.len() == changes.len()
    }
}

#[tokio::test]
async fn members_are_signed_out_and_removed_in_the_own_organization_only() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let sign_out =
            |user: &str| grant(&store, "org_a", SignOutEverywhere { user_id: user.to_owned(), reason: String::new() });
        let remove =
            |user: &str| grant(&store, "org_a", RemoveMember { user_id: user.to_owned(), reason: String::new() });
        for user in ["user_bob", "user_nobody"] {
            let begun = sessions::begin_sign_out_everywhere(&sign_out(user)).await;
            assert!(matches!(begun, Err(StoreError::NotFound)), "{user}");
            assert!(matches!(members::begin_removal(&remove(user)).await, Err(StoreError::NotFound)), "{user}");
        }
        let intent = sessions::begin_sign_out_everywhere(&sign_out("user_ann")).await.unwrap();
        let ended = vec![revoked_session("sess_user_ann", "user_ann", 2)];
        done(&store, intent, Effect::Sessions { ended, all: true }).await;
        assert_eq!(members(&store, "org_b").await, [("user_bob".to_owned(), "member".to_owned(), 1)]);
        assert_eq!(members(&store, "org_a").await, [("user_ann".to_owned(), "member".to_owned(), 0)]);
        let intent = members::begin_removal(&remove("user_ann")).await.unwrap();
        let answer = parse_object(&membership("mem_user_ann", "org_a", "user_ann", "org:member", 1));
        done(&store, intent, Effect::MembershipEnded(answer)).await;
        assert!(members(&store, "org_a").await.is_empty());
        // Clerk's event follows, and an old event arrives late: neither brings the member back.
        let late = membership("mem_user_ann", "org_a", "user_ann", "org:editor", 9);
        ingest_events(&store, &[event("late", "organizationMembership.updated", 9, late)]).await;
        assert!(members(&store, "org_a").await.is_empty());
        let mut told: Vec<_> = changes(&store).await.into_iter().map(|change| change.to).collect();
        told.sort_unstable();
        assert_eq!(told, ["removed", "revoked"]);
    })
    .await;
}

#[tokio::test]
async fn concurrent_changes_are_all_audited_and_clerks_newest_version_stays() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let roles: Vec<_> = (0..12)
            .map(|n| {
                let role =
                    ChangeRole { user_id: "user_ann".to_owned(), role: format!("role_{n}"), reason: String::new() };
                (n, grant(&store, "org_a", role))
            })
            .map(|(n, granted)| {
                tokio::spawn(async move {
                    let role = format!("org:role_{n}");
                    let intent = members::begin_role_change(&granted, &role).await?;
                    let answer = parse_object(&membership("mem_user_ann", "org_a", "user_ann", &role, 10 + n));
                    let outcome = Outcome::Done(Effect::Membership(answer));
                    command_outcomes::finish(granted.database(), &intent, &outcome).await
                })
            })
            .collect();
        for role in roles {
            role.await.unwrap().unwrap();
        }
        assert_eq!(members(&store, "org_a").await, [("user_ann".to_owned(), "role_11".to_owned(), 1)]);
        let changes = changes(&store).await;
        let mut tos: Vec<_> = changes.iter().map(|change| change.to.clone()).collect();
        tos.sort_unstable();
        tos.dedup();
        assert_eq!(tos.len(), 12, "{changes:?}");
        let known = |role: &String| role == "member" || tos.contains(role);
        assert!(changes.iter().all(|change| known(&change.from) && change.from != change.to), "{changes:?}");
    })
    .await;
}

#[tokio::test]
async fn consecutive_changes_are_audited_as_one_chain() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        for n in 0..5 {
            let role = format!("role_{n}");
            let granted = grant(
                &store,
                "org_a",
                ChangeRole { user_id: "user_ann".to_owned(), role: role.clone(), reason: String::new() },
            );
            let intent = members::begin_role_change(&granted, &role).await.unwrap();
            let answer = parse_object(&membership("mem_user_ann", "org_a", "user_ann", &role, 10 + n));
            done(&store, intent, Effect::Membership(answer)).await;
        }
        let changes = changes(&store).await;
        assert!(is_chain(&changes, "member"), "{changes:?}");
    })
    .await;
}

#[tokio::test]
async fn a_former_member_cannot_be_changed() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let left = membership("mem_user_ann", "org_a", "user_ann", "org:member", 1);
        ingest_events(&store, &[event("left", "organizationMembership.deleted", 2, left)]).await;
        assert!(members(&store, "org_a").await.is_empty());
        let role = grant(
            &store,
            "org_a",
            ChangeRole { user_id: "user_ann".to_owned(), role: "admin".to_owned(), reason: String::new() },
        );
        assert!(matches!(members::begin_role_change(&role, "org:admin").await, Err(StoreError::NotFound)));
        let session =
            grant(&store, "org_a", RevokeSession { session_id: "sess_user_ann".to_owned(), reason: String::new() });
        assert!(matches!(sessions::begin_revocation(&session).await, Err(StoreError::NotFound)));
        assert!(changes(&store).await.is_empty(), "what did not happen is not in the log");
        let back = membership("mem_user_ann_2", "org_a", "user_ann", "org:editor", 3);
        ingest_events(&store, &[event("back", "organizationMembership.created", 3, back)]).await;
        assert_eq!(members(&store, "org_a").await, [("user_ann".to_owned(), "editor".to_owned(), 1)]);
    })
    .await;
}

#[tokio::test]
async fn a_change_is_audited_although_its_webhook_came_first() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let role = grant(
            &store,
            "org_a",
            ChangeRole { user_id: "user_ann".to_owned(), role: "editor".to_owned(), reason: String::new() },
        );
        let role_change = members::begin_role_change(&role, "org:editor").await.unwrap();
        let session =
            grant(&store, "org_a", RevokeSession { session_id: "sess_user_ann".to_owned(), reason: String::new() });
        let revocation = sessions::begin_revocation(&session).await.unwrap();
        let left = membership("mem_user_ann", "org_a", "user_ann", "org:editor", 3);
        ingest_events(&store, &[event("left", "organizationMembership.deleted", 4, left)]).await;
        let answer = parse_object(&membership("mem_user_ann", "org_a", "user_ann", "org:editor", 2));
        done(&store, role_change, Effect::Membership(answer)).await;
        done(&store, revocation, Effect::Session(revoked_session("sess_user_ann", "user_ann", 2))).await;
        assert!(members(&store, "org_a").await.is_empty(), "nobody comes back");
        let mut tos: Vec<_> = changes(&store).await.into_iter().map(|change| change.to).collect();
        tos.sort_unstable();
        assert_eq!(tos, ["editor", "revoked"]);
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_after_sign_out_everywhere_stays() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let sign_out =
            grant(&store, "org_a", SignOutEverywhere { user_id: "user_ann".to_owned(), reason: String::new() });
        let intent = sessions::begin_sign_out_everywhere(&sign_out).await.unwrap();
        let mut later = session("sess_later", "user_ann", NOW_MS + 5);
        later["created_at"] = json!(NOW_MS + 5);
        ingest_events(&store, &[event("later", "session.created", 5, later)]).await;
        done(&store, intent, Effect::Sessions { ended: Vec::new(), all: true }).await;
        assert_eq!(members(&store, "org_a").await, [("user_ann".to_owned(), "member".to_owned(), 1)]);
        let again =
            grant(&store, "org_a", RevokeSession { session_id: "sess_later".to_owned(), reason: String::new() });
        assert!(sessions::begin_revocation(&again).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_partial_sign_out_is_audited_as_partial() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        ingest_events(&store, &[event("2", "session.created", 1, session("sess_2", "user_ann", 1))]).await;
        let sign_out =
            grant(&store, "org_a", SignOutEverywhere { user_id: "user_ann".to_owned(), reason: String::new() });
        let intent = sessions::begin_sign_out_everywhere(&sign_out).await.unwrap();
        let ended = vec![revoked_session("sess_2", "user_ann", 2)];
        done(&store, intent, Effect::Sessions { ended, all: false }).await;
        assert_eq!(members(&store, "org_a").await[0].2, 1);
        assert_eq!(changes(&store).await[0].to, "1 revoked, not all");
    })
    .await;
}

#[tokio::test]
async fn role_changes_and_revocations_are_stored_with_their_audit_entries() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let role = grant(
            &store,
            "org_a",
            ChangeRole { user_id: "user_ann".to_owned(), role: "org:editor".to_owned(), reason: String::new() },
        );
        let intent = members::begin_role_change(&role, "org:editor").await.unwrap();
        // Clerk's webhook may come first; the audit entry is the same.
        ingest_events(
            &store,
            &[event(
                "quick",
                "organizationMembership.updated",
                2,
                membership("mem_user_ann", "org_a", "user_ann", "org:editor", 2),
            )],
        )
        .await;
        let answer = parse_object(&membership("mem_user_ann", "org_a", "user_ann", "org:editor", 2));
        done(&store, intent, Effect::Membership(answer)).await;
        let session =
            grant(&store, "org_a", RevokeSession { session_id: "sess_user_ann".to_owned(), reason: String::new() });
        let intent = sessions::begin_revocation(&session).await.unwrap();
        done(&store, intent, Effect::Session(revoked_session("sess_user_ann", "user_ann", 2))).await;
        assert_eq!(members(&store, "org_a").await, [("user_ann".to_owned(), "editor".to_owned(), 0)]);
        let log = audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows;
        let mut operations: Vec<_> = log.iter().map(|entry| entry.operation.as_str()).collect();
        operations.sort_unstable();
        assert_eq!(operations, ["change_role", "revoke_session"]);
        let changed =
            log.iter().find(|entry| entry.operation == "change_role").and_then(|entry| entry.change.clone()).unwrap();
        assert_eq!((changed.from.as_str(), changed.to.as_str()), ("member", "editor"));
    })
    .await;
}
