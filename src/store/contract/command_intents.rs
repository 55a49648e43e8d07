//! Open intents: what a stop leaves behind, and how it ends.

use super::*;
use crate::store::command_intents::{LEASE_MS, end_leases, postpone, take_open};

async fn open(store: &Database) -> i64 {
    sqlx::query_as::<_, (i64,)>("select count(*) from command_intents").fetch_one(store.reader()).await.unwrap().0
}

async fn log(store: &Database) -> Vec<(String, String, Option<ChangeView>)> {
    let rows = audit::list(&grant(store, "org_a", ListAudit::default())).await.unwrap().rows;
    rows.into_iter().map(|entry| (entry.operation, entry.outcome, entry.change)).collect()
}

async fn reasons(store: &Database) -> Vec<(String, Option<String>)> {
    let rows = audit::list(&grant(store, "org_a", ListAudit::default())).await.unwrap().rows;
    rows.into_iter().map(|entry| (entry.operation, entry.reason)).collect()
}

#[tokio::test]
async fn a_reason_is_in_the_entry_of_its_command_also_after_a_stop() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let others = |reason: &str| RevokeOtherSessions { reason: reason.to_owned() };
        let entry = |reason: Option<&str>| vec![("revoke_other_sessions".to_owned(), reason.map(str::to_owned))];
        for (reason, stored) in [("", None), (" \u{200b}", None), ("  Spam\n", Some("Spam"))] {
            for after_a_stop in [false, true] {
                store.writer().execute(sqlx::query("delete from audit")).await.unwrap();
                let others = grant(&store, "org_a", others(reason));
                let mut intent = sessions::begin_revocation_of_others(&others).await.unwrap();
                if after_a_stop {
                    intent = take_open(&store, NOW_MS + LEASE_MS, NOW_MS + LEASE_MS).await.unwrap().remove(0);
                }
                command_outcomes::settle(&store, &intent, &Outcome::Unknown).await.unwrap();
                assert_eq!(reasons(&store).await, entry(stored), "{reason:?}, after a stop: {after_a_stop}");
            }
        }
    })
    .await;
}

async fn role_change(store: &Database) -> Intent {
    let role = grant(
        store,
        "org_a",
        ChangeRole { user_id: "user_ann".to_owned(), role: "editor".to_owned(), reason: String::new() },
    );
    members::begin_role_change(&role, "org:editor").await.unwrap()
}

fn editor() -> Effect {
    Effect::Membership(parse_object(&membership("mem_user_ann", "org_a", "user_ann", "org:editor", 2)))
}

fn change_of(to: &str) -> Option<ChangeView> {
    Some(ChangeView { subject: "user_ann".to_owned(), from: "member".to_owned(), to: to.to_owned() })
}

#[tokio::test]
async fn an_intent_is_open_from_its_begin_to_its_outcome() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let intent = role_change(&store).await;
        assert_eq!((open(&store).await, log(&store).await), (1, Vec::new()));
        let outcome = Outcome::Done(editor());
        command_outcomes::finish(&store, &intent, &outcome).await.unwrap();
        // A commit whose answer was lost is repeated.
        command_outcomes::finish(&store, &intent, &outcome).await.unwrap();
        assert_eq!(open(&store).await, 0);
        assert_eq!(log(&store).await, [("change_role".to_owned(), "done".to_owned(), change_of("editor"))]);
        assert_eq!(members(&store, "org_a").await, [("user_ann".to_owned(), "editor".to_owned(), 1)]);
    })
    .await;
}

#[tokio::test]
async fn an_open_intent_is_taken_by_one_server_after_its_lease() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let intent = role_change(&store).await;
        let over_ms = NOW_MS + LEASE_MS;
        assert!(take_open(&store, over_ms - 1, over_ms).await.unwrap().is_empty());
        let taken = take_open(&store, over_ms, over_ms + 10).await.unwrap();
        let [again] = taken.as_slice() else { panic!("{taken:?}") };
        assert_eq!((again.change(), again.begun_ms(), again.checks()), (intent.change(), NOW_MS, 1));
        assert_eq!((again.actor().user.as_str(), again.actor().organization.as_str()), ("user_ada", "org_a"));
        assert!(take_open(&store, over_ms, over_ms + 10).await.unwrap().is_empty(), "another server has it");
        postpone(&store, again, over_ms + 5).await.unwrap();
        assert_eq!(take_open(&store, over_ms + 5, over_ms + 20).await.unwrap()[0].checks(), 2);
        end_leases(&store).await.unwrap();
        assert_eq!(take_open(&store, NOW_MS, over_ms).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_outcome_that_is_found_out_later_is_in_the_audit_log() {
    on_every_database(|store| async move {
        for (outcome, code, to, role) in [
            (Outcome::Done(editor()), "done", Some("editor"), "editor"),
            (Outcome::NotDone, "not_done", None, "member"),
            (Outcome::Unknown, "unknown", Some("unknown"), "member"),
        ] {
            store.writer().execute(sqlx::query("delete from audit")).await.unwrap();
            store.writer().execute(sqlx::query("delete from memberships")).await.unwrap();
            store.writer().execute(sqlx::query("delete from webhook_inbox")).await.unwrap();
            two_organizations(&store).await;
            let intent = role_change(&store).await;
            command_outcomes::settle(&store, &intent, &outcome).await.unwrap();
            command_outcomes::settle(&store, &intent, &Outcome::NotDone).await.unwrap();
            let change = to.and_then(change_of);
            assert_eq!(log(&store).await, [("change_role".to_owned(), code.to_owned(), change)], "{code}");
            assert_eq!((open(&store).await, members(&store, "org_a").await[0].1.as_str()), (0, role));
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_that_comes_back_corrects_the_log() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let intent = role_change(&store).await;
        command_outcomes::settle(&store, &intent, &Outcome::NotDone).await.unwrap();
        done(&store, intent, editor()).await;
        let mut outcomes: Vec<_> = log(&store).await.into_iter().map(|(_, outcome, _)| outcome).collect();
        outcomes.sort_unstable();
        assert_eq!(outcomes, ["done", "not_done"]);
        assert_eq!(members(&store, "org_a").await[0].1, "editor");
    })
    .await;
}

#[tokio::test]
async fn an_object_that_clerk_does_not_have_is_gone_here_too() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let pending = json!({ "id": "inv_1", "organization_id": "org_a", "email_address": "x@example.com",
            "role": "org:member", "status": "pending", "created_at": 1, "updated_at": 1 });
        ingest_events(&store, &[event("i", "organizationInvitation.created", 1, pending)]).await;
        let invitation = Change::RevokeInvitation { id: "inv_1".to_owned() };
        let session =
            grant(&store, "org_a", RevokeSession { session_id: "sess_user_ann".to_owned(), reason: String::new() });
        let ban = Change::Ban { user: UserId::parse("user_bob").unwrap() };
        let intents = [
            begin(&store, invitation, "x@example.com").await,
            sessions::begin_revocation(&session).await.unwrap(),
            begin(&store, ban, "user_bob").await,
            role_change(&store).await,
        ];
        for intent in &intents {
            let outcome = Outcome::AlreadyGone(Effect::Absent);
            command_outcomes::finish(&store, intent, &outcome).await.unwrap();
        }
        assert!(log(&store).await.iter().all(|(_, outcome, _)| outcome == "already_gone"));
        assert_eq!(log(&store).await.len(), 4);
        assert!(members(&store, "org_a").await.is_empty() && members(&store, "org_b").await.is_empty());
        let (invitations, sessions): (i64, i64) = sqlx::query_as(
            "select (select count(*) from invitations where status = 'pending'), \
               (select count(*) from sessions where status = 'active')",
        )
        .fetch_one(store.reader())
        .await
        .unwrap();
        assert_eq!((invitations, sessions), (0, 0));
    })
    .await;
}
