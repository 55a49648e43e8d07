//! A deletion is the only event: everything of the user or organization is removed and does not
//! come back.

use super::*;

fn deleted(id: &str, kind: &str, whom: &str, at_ms: i64) -> Event {
    event(id, kind, at_ms, json!({ "id": whom, "deleted": true }))
}

fn joined(id: &str, organization: &str, user: &str, updated_at: i64) -> Event {
    let data = membership(&format!("mem_{id}"), organization, user, "org:member", updated_at);
    event(id, "organizationMembership.created", updated_at, data)
}

fn invitation(id: &str, organization: &str) -> Value {
    json!({ "id": id, "organization_id": organization, "email_address": format!("{id}@example.com"), 
        "role": "org:editor", "status": "pending", "created_at": 1, "updated_at": 1 })
}

/// The change that invites this address.
pub(super) fn invite(email_address: &str) -> Change {
    Change::Invite { email_address: email_address.to_owned(), role: "org:member".to_owned() }
}

/// The addresses of the pending invitations of an organization.
pub(super) async fn pending_invitations(store: &Database, organization: &str) -> Vec<Option<String>> {
    let pending = "select email from invitations where organization_id = $1 and status = 'pending' order by id";
    let rows: Vec<(Option<String>,)> =
        sqlx::query_as(pending).bind(organization).fetch_all(store.reader()).await.unwrap();
    rows.into_iter().map(|(email,)| email).collect()
}

async fn sessions_of(store: &Database, user: &str) -> Vec<(String, String, Option<String>)> {
    sqlx::query_as("select id, status, client from sessions where user_id = $1 order by id")
        .bind(user)
        .fetch_all(store.reader())
        .await
        .unwrap()
}

/// The organization can neither list the user nor act on them.
async fn assert_gone(store: &Database, organization: &str, user: &str, session: &str) {
    assert!(members(store, organization).await.iter().all(|(found, _, _)| found != user), "in the list");
    let role = grant(
        store,
        organization,
        ChangeRole { user_id: user.to_owned(), role: "admin".to_owned(), reason: String::new() },
    );
    assert!(matches!(members::begin_role_change(&role, "org:admin").await, Err(StoreError::NotFound)));
    let remove = grant(store, organization, RemoveMember { user_id: user.to_owned(), reason: String::new() });
    assert!(matches!(members::begin_removal(&remove).await, Err(StoreError::NotFound)));
    let revoke = grant(store, organization, RevokeSession { session_id: session.to_owned(), reason: String::new() });
    assert!(matches!(sessions::begin_revocation(&revoke).await, Err(StoreError::NotFound)));
}

async fn counts(store: &Database, organization: &str) -> (u32, u32) {
    let dashboard = dashboard::show(&grant(store, organization, ShowDashboard {})).await.unwrap();
    (dashboard.members, dashboard.sessions)
}

#[tokio::test]
async fn a_deleted_user_is_removed_everywhere_and_signed_out() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        ingest_events(&store, &[joined("both", "org_b", "user_ann", 2)]).await;
        let rename = Granted::for_tests(
            RenameOrganization::to("By Ann"),
            Actor { user: UserId::parse("user_ann").unwrap(), ..actor("org_a") },
            store.clone(),
            NOW_MS,
        );
        organizations::rename(&rename).await.unwrap();
        assert_eq!((counts(&store, "org_a").await, counts(&store, "org_b").await), ((1, 1), (2, 2)));
        ingest_events(&store, &[deleted("gone", "user.deleted", "user_ann", 10)]).await;
        for organization in ["org_a", "org_b"] {
            assert_gone(&store, organization, "user_ann", "sess_user_ann").await;
        }
        assert_eq!((counts(&store, "org_a").await, counts(&store, "org_b").await), ((0, 0), (1, 1)));
        let ended = ("sess_user_ann".to_owned(), "removed".to_owned(), None);
        assert_eq!(sessions_of(&store, "user_ann").await, [ended]);
        let log = audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows;
        assert_eq!(log[0].actor, "user_ann", "the log keeps who it was, without the name");
        let (texts,): (i64,) = sqlx::query_as(
            "select count(*) from users u left join memberships m on m.user_id = u.id \
             where u.id = 'user_ann' and coalesce(u.name, u.email, u.search_text, m.search_text) is not null",
        )
        .fetch_one(store.reader())
        .await
        .unwrap();
        assert_eq!(texts, 0, "what was personal is erased");
    })
    .await;
}

#[tokio::test]
async fn late_events_do_not_revive_a_deleted_user() {
    on_every_database(|store| async move {
        ingest_events(&store, &[deleted("gone", "user.deleted", "user_ann", 10)]).await;
        let mut pending = session("sess_pending", "user_ann", 30);
        pending["status"] = "pending".into();
        ingest_events(
            &store,
            &[
                event("created", "user.created", 1, user("user_ann", "Ann", 1)),
                event("updated", "user.updated", 20, user("user_ann", "Ann", 20)),
                joined("old", "org_a", "user_ann", 2),
                event(
                    "role",
                    "organizationMembership.updated",
                    21,
                    membership("mem_old", "org_a", "user_ann", "org:admin", 21),
                ),
                joined("new", "org_a", "user_ann", 22),
                event("session", "session.created", 3, session("sess_1", "user_ann", 3)),
                event("pending", "session.pending", 30, pending),
                event("ended", "session.ended", 5, session("sess_2", "user_ann", 5)),
            ],
        )
        .await;
        mirror::upsert_page(
            &store,
            &[parse_object::<objects::Membership>(&membership("mem_sync", "org_a", "user_ann", "org:admin", 40))],
        )
        .await
        .unwrap();
        assert_gone(&store, "org_a", "user_ann", "sess_1").await;
        assert_eq!(counts(&store, "org_a").await, (0, 0));
        let states: Vec<_> =
            sessions_of(&store, "user_ann").await.into_iter().map(|(id, status, _)| (id, status)).collect();
        let state = |id: &str, status: &str| (id.to_owned(), status.to_owned());
        assert_eq!(states, [state("sess_1", "removed"), state("sess_2", "ended"), state("sess_pending", "removed")]);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_organization_has_no_members_and_no_invitations() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let invited = event("i1", "organizationInvitation.created", 1, invitation("inv_1", "org_a"));
        let theirs = event("i2", "organizationInvitation.created", 1, invitation("inv_2", "org_b"));
        ingest_events(&store, &[invited, theirs, deleted("gone", "organization.deleted", "org_a", 10)]).await;
        let late = event("i3", "organizationInvitation.created", 20, invitation("inv_3", "org_a"));
        ingest_events(&store, &[late, joined("late", "org_a", "user_bob", 20)]).await;
        assert_gone(&store, "org_a", "user_ann", "sess_user_ann").await;
        assert_eq!(counts(&store, "org_a").await, (0, 0));
        let open = async |organization: &str| pending_invitations(&store, organization).await.len();
        assert_eq!((open("org_a").await, open("org_b").await), (0, 1));
        let (remembered,): (i64,) =
            sqlx::query_as("select count(*) from invitations where organization_id = 'org_a' and email is not null")
                .fetch_one(store.reader())
                .await
                .unwrap();
        assert_eq!(remembered, 0);
        let answer = parse_object(&invitation("inv_4", "org_a"));
        let intent = begin(&store, invite("inv_4@example.com"), "inv_4@example.com").await;
        done(&store, intent, Effect::Invitation(answer)).await;
        assert_eq!(open("org_a").await, 0, "an answer that comes after the deletion is no reason to list it");
        let rename = grant(&store, "org_a", RenameOrganization::to("Again"));
        assert!(matches!(organizations::rename(&rename).await, Err(StoreError::NotFound)));
        assert_eq!(members(&store, "org_b").await, [("user_bob".to_owned(), "member".to_owned(), 1)]);
        assert_eq!(sessions_of(&store, "user_ann").await[0].1, "active", "people outlive their organization");
    })
    .await;
}

#[tokio::test]
async fn a_member_who_rejoins_is_listed_once_in_every_event_order() {
    on_every_database(|store| async move {
        let old = || membership("mem_a", "org_a", "user_ann", "org:viewer", 500);
        let new = || membership("mem_b", "org_a", "user_ann", "org:editor", 900);
        let events = [
            event("1", "organizationMembership.created", 500, old()),
            event("2", "organizationMembership.deleted", 700, old()),
            event("3", "organizationMembership.created", 900, new()),
        ];
        for (n, order) in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].iter().enumerate() {
            let (organization, person) = (format!("org_{n}"), format!("user_{n}"));
            for (step, which) in order.iter().enumerate() {
                let source = &events[*which];
                let mut data = source.data().clone();
                data["id"] = format!("{}{n}", data["id"].as_str().unwrap()).into();
                data["organization"]["id"] = organization.as_str().into();
                data["public_user_data"]["user_id"] = person.as_str().into();
                ingest_events(&store, &[event(&format!("{n}{step}"), source.kind(), source.timestamp_ms(), data)])
                    .await;
                let listed = members(&store, &organization).await;
                assert!(listed.len() <= 1, "{order:?}, step {step}: {listed:?}");
            }
            assert_eq!(members(&store, &organization).await, [(person, "editor".to_owned(), 0)], "{order:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn concurrent_deletion_and_updates_end_in_the_same_state() {
    on_every_database(|store| async move {
        for n in 0..20 {
            let user = format!("user_{n}");
            let tasks = [
                deleted(&format!("d{n}"), "user.deleted", &user, 10),
                joined(&format!("m{n}"), "org_a", &user, 5),
                event(&format!("s{n}"), "session.created", 5, session(&format!("sess_{n}"), &user, 5)),
                event(&format!("u{n}"), "user.updated", 6, super::user(&user, "Late", 6)),
            ]
            .map(|event| (store.clone(), event))
            .map(|(store, event)| {
                tokio::spawn(async move { webhook_inbox::ingest(&store, &event, NOW_MS).await.map(|_| ()) })
            });
            for task in tasks {
                task.await.unwrap().unwrap();
            }
        }
        assert!(members(&store, "org_a").await.is_empty());
        assert_eq!(counts(&store, "org_a").await, (0, 0));
        let (running,): (i64,) = sqlx::query_as("select count(*) from sessions where status in ('active', 'pending')")
            .fetch_one(store.reader())
            .await
            .unwrap();
        assert_eq!(running, 0);
    })
    .await;
}
