//! Invitations that are sent again: one revoked and one new row, or a revoked one alone.

use super::*;
use domain::operation::{ListInvitations, ResendInvitation};

fn invitation(id: &str, organization: &str, status: &str, updated_at: i64) -> Value {
    json!({ "id": id, "organization_id": organization, "email_address": "ida@example.com", "role": "org:editor",
        "status": status, "created_at": 1, "updated_at": updated_at, "expires_at": NOW_MS + 1 })
}

async fn pending(store: &Database) -> Vec<String> {
    let found = invitations::list(&grant(store, "org_a", ListInvitations {})).await.unwrap();
    found.into_iter().map(|invitation| format!("{} {} {}", invitation.id, invitation.email, invitation.role)).collect()
}

#[tokio::test]
async fn a_pending_invitation_of_the_own_organization_is_sent_again() {
    on_every_database(|store| async move {
        for (number, (id, organization, status)) in
            [("inv_1", "org_a", "pending"), ("inv_2", "org_b", "pending"), ("inv_3", "org_a", "revoked")]
                .into_iter()
                .enumerate()
        {
            let found = invitation(id, organization, status, 1);
            ingest_events(&store, &[event(&number.to_string(), "organizationInvitation.created", 1, found)]).await;
        }
        let resend = |id: &str| {
            let input = ResendInvitation { invitation_id: id.to_owned(), reason: "Not arrived".to_owned() };
            grant(&store, "org_a", input)
        };
        for of_others_or_ended in ["inv_2", "inv_3", "inv_4"] {
            let role = invitations::pending_role(&resend(of_others_or_ended)).await;
            let begun = invitations::begin_resending(&resend(of_others_or_ended), "org:editor").await;
            assert!(matches!((role, begun), (Err(StoreError::NotFound), Err(StoreError::NotFound))));
        }
        assert_eq!(invitations::pending_role(&resend("inv_1")).await.unwrap(), "editor");
        let intent = invitations::begin_resending(&resend("inv_1"), "org:editor").await.unwrap();
        let (revoked, sent) = (invitation("inv_1", "org_a", "revoked", 2), invitation("inv_5", "org_a", "pending", 3));
        done(&store, intent, Effect::Resent { revoked: parse_object(&revoked), sent: parse_object(&sent) }).await;
        assert_eq!(pending(&store).await, ["inv_5 ida@example.com editor"]);
        let intent = invitations::begin_resending(&resend("inv_5"), "org:editor").await.unwrap();
        let revoked = invitation("inv_5", "org_a", "revoked", 4);
        done(&store, intent, Effect::NotSentAgain(parse_object(&revoked))).await;
        assert_eq!(pending(&store).await, [""; 0]);
        let log = audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows;
        let mut ends: Vec<_> = log
            .into_iter()
            .map(|entry| {
                (entry.outcome, entry.change.map(|change| (change.subject, change.from, change.to)), entry.reason)
            })
            .collect();
        ends.sort_unstable();
        let change = |to: &str| Some(("ida@example.com".to_owned(), "editor".to_owned(), to.to_owned()));
        let reason = || Some("Not arrived".to_owned());
        assert_eq!(
            ends,
            [
                ("done".to_owned(), change("editor"), reason()),
                ("not_sent_again".to_owned(), change("revoked"), reason()),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn an_invitation_that_clerk_does_not_have_is_not_sent_again() {
    on_every_database(|store| async move {
        let found = invitation("inv_1", "org_a", "pending", 1);
        ingest_events(&store, &[event("1", "organizationInvitation.created", 1, found)]).await;
        let input = ResendInvitation { invitation_id: "inv_1".to_owned(), reason: String::new() };
        let intent = invitations::begin_resending(&grant(&store, "org_a", input), "org:editor").await.unwrap();
        command_outcomes::finish(&store, &intent, &Outcome::AlreadyGone(Effect::Absent)).await.unwrap();
        assert_eq!(pending(&store).await, [""; 0]);
    })
    .await;
}
