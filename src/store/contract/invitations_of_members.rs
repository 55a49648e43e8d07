//! Invitations that are made, end, and expire.

use super::*;
use domain::operation::{InviteMember, ListInvitations, RevokeInvitation};

fn invitation(id: &str, organization: &str, status: &str, updated_at: i64) -> Value {
    json!({ "id": id, "organization_id": organization, "email_address": format!("{id}@example.com"), 
        "role": "org:editor", "status": status, "created_at": 1, "updated_at": updated_at, "expires_at": NOW_MS + 1 })
}

async fn invited(store: &Database, organization: &str) -> Vec<String> {
    let found = invitations::list(&grant(store, organization, ListInvitations {})).await.unwrap();
    found.into_iter().map(|invitation| format!("{} {}", invitation.email, invitation.role)).collect()
}

#[tokio::test]
async fn an_ended_invitation_is_not_listed_and_its_address_is_erased() {
    on_every_database(|store| async move {
        let invite = grant(
            &store,
            "org_a",
            InviteMember { email_address: "inv_1@example.com".to_owned(), role: "editor".to_owned() },
        );
        let intent = invitations::begin_invitation(&invite, "org:editor").await.unwrap();
        done(&store, intent, Effect::Invitation(parse_object(&invitation("inv_1", "org_a", "pending", 1)))).await;
        ingest_events(
            &store,
            &[
                event("1", "organizationInvitation.created", 1, invitation("inv_1", "org_a", "pending", 1)),
                event("2", "organizationInvitation.created", 1, invitation("inv_2", "org_b", "pending", 1)),
                event("3", "organizationInvitation.accepted", 3, invitation("inv_3", "org_a", "accepted", 3)),
                event("4", "organizationInvitation.created", 1, invitation("inv_3", "org_a", "pending", 1)),
            ],
        )
        .await;
        assert_eq!(invited(&store, "org_a").await, ["inv_1@example.com editor"]);
        let revoke =
            |id: &str| grant(&store, "org_a", RevokeInvitation { invitation_id: id.to_owned(), reason: String::new() });
        for of_others_or_ended in ["inv_2", "inv_3", "inv_4"] {
            assert!(matches!(
                invitations::begin_revocation(&revoke(of_others_or_ended)).await,
                Err(StoreError::NotFound)
            ));
        }
        let intent = invitations::begin_revocation(&revoke("inv_1")).await.unwrap();
        let answer = parse_object(&invitation("inv_1", "org_a", "revoked", 4));
        done(&store, intent, Effect::Invitation(answer)).await;
        assert!(invited(&store, "org_a").await.is_empty());
        let (remembered,): (i64,) = sqlx::query_as("select count(*) from invitations where email is not null")
            .fetch_one(store.reader())
            .await
            .unwrap();
        assert_eq!(remembered, 1, "only the open one of the other organization");
        let log = audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows;
        let mut changes: Vec<_> = log.into_iter().filter_map(|entry| entry.change).map(|change| change.to).collect();
        changes.sort_unstable();
        assert_eq!(changes, ["editor", "revoked"]);
    })
    .await;
}

#[tokio::test]
async fn an_expired_invitation_is_not_listed() {
    on_every_database(|store| async move {
        let mut over = invitation("inv_1", "org_a", "pending", 1);
        over["expires_at"] = json!(NOW_MS);
        ingest_events(&store, &[event("1", "organizationInvitation.created", 1, over)]).await;
        assert!(invited(&store, "org_a").await.is_empty());
    })
    .await;
}
