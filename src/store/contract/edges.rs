//! Edge cases: unusual texts, concurrency, expiry, other organizations and other processes.

use super::*;

async fn outcome_of(store: &Database, id: &str) -> String {
    let (outcome,): (String,) = sqlx::query_as("select outcome from webhook_inbox where svix_id = $1")
        .bind(id)
        .fetch_one(store.reader())
        .await
        .unwrap();
    outcome
}

#[tokio::test]
async fn every_text_is_stored_unchanged() {
    on_every_database(|store| async move {
        let names = ["🛡".repeat(200), "A\u{301}\u{200d}\u{feff}".to_owned(), "'; drop table audit; --".to_owned()];
        for name in names {
            let renamed = organizations::rename(&grant(&store, "org_a", RenameOrganization::to(&name))).await.unwrap();
            let dashboard = dashboard::show(&grant(&store, "org_a", ShowDashboard {})).await.unwrap();
            assert_eq!((renamed.name, dashboard.organization.name), (name.clone(), name));
        }
    })
    .await;
}

#[tokio::test]
async fn a_nul_character_in_a_webhook_is_replaced() {
    on_every_database(|store| async move {
        let nul = "a\u{0}b";
        let mut person = user("user_ann", nul, 1);
        person["email_addresses"][1]["email_address"] = json!(nul);
        let mut running = session("sess_1", "user_ann", 1);
        running["latest_activity"] = json!({ "browser_name": nul, "city": nul });
        ingest_events(
            &store,
            &[
                event("1", "user.created", 1, person),
                event(
                    "2",
                    "organization.created",
                    1,
                    json!({ "id": "org_a", "name": nul, "slug": nul, "updated_at": 1 }),
                ),
                event("3", "organizationMembership.created", 1, membership("mem_1", "org_a", "user_ann", nul, 1)),
                event("4", "session.created", 1, running),
                event("5", nul, 1, json!({ nul: nul })),
            ],
        )
        .await;
        assert_eq!(members(&store, "org_a").await, [("user_ann".to_owned(), "a\u{fffd}b".to_owned(), 1)]);
        let page = members::list(&grant(&store, "org_a", ListMembers::default())).await.unwrap();
        assert_eq!(page.rows[0].name, "a\u{fffd}b");
    })
    .await;
}

#[tokio::test]
async fn a_name_of_any_length_is_stored_whole() {
    on_every_database(|store| async move {
        // Random letters do not compress, so no database can shorten them to fit into an index.
        let name: String = (0..2000).map(|_| Token::random().as_str().to_owned()).collect();
        let member = membership("mem_1", "org_a", "user_ann", "org:member", 1);
        let events = [
            event("1", "organizationMembership.created", 1, member),
            event("2", "user.created", 1, user("user_ann", &name, 1)),
            event(
                "3",
                "organization.created",
                1,
                json!({ "id": "org_a", "name": name, "slug": name, "updated_at": 1 }),
            ),
        ];
        ingest_events(&store, &events).await;
        let page = members::list(&grant(&store, "org_a", ListMembers::default())).await.unwrap();
        assert_eq!(page.rows[0].name, name);
    })
    .await;
}

#[tokio::test]
async fn an_event_with_an_invalid_id_stays_in_the_inbox_only() {
    on_every_database(|store| async move {
        for (n, id) in
            ["x".repeat(5000), "with space".to_owned(), "n\u{0}l".to_owned(), String::new()].iter().enumerate()
        {
            let name = format!("id{n}");
            ingest_events(&store, &[event(&name, "user.created", 1, user(id, "Odd", 1))]).await;
            assert_eq!(outcome_of(&store, &name).await, "incomplete", "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_unverified_email_address_is_not_shown() {
    on_every_database(|store| async move {
        let mut person = user("user_ann", "Ann", 1);
        person["email_addresses"][1]["verification"] = json!({ "status": "unverified" });
        let member = membership("mem_1", "org_a", "user_ann", "org:member", 1);
        ingest_events(
            &store,
            &[event("1", "user.created", 1, person), event("2", "organizationMembership.created", 1, member)],
        )
        .await;
        let page = members::list(&grant(&store, "org_a", ListMembers::default())).await.unwrap();
        assert_eq!(page.rows[0].email, None);
    })
    .await;
}

#[tokio::test]
async fn an_expired_session_is_not_listed() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        for (id, expires_at) in [("sess_over", NOW_MS), ("sess_on", NOW_MS + 1)] {
            let mut session = session(id, "user_ann", 1);
            session["expire_at"] = json!(expires_at);
            ingest_events(&store, &[event(id, "session.created", 1, session)]).await;
        }
        let running = members(&store, "org_a").await;
        assert_eq!(running, [("user_ann".to_owned(), "member".to_owned(), 2)]);
        assert_eq!(dashboard::show(&grant(&store, "org_a", ShowDashboard {})).await.unwrap().sessions, 2);
        let find =
            |id: &str| grant(&store, "org_a", RevokeSession { session_id: id.to_owned(), reason: String::new() });
        assert!(sessions::begin_revocation(&find("sess_on")).await.is_ok());
        assert!(matches!(sessions::begin_revocation(&find("sess_over")).await, Err(StoreError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_search_matches_substrings_literally() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let found = async |query: &str| {
            let list = grant(&store, "org_a", ListMembers { query: query.to_owned(), ..ListMembers::default() });
            members::list(&list)
                .await
                .unwrap()
                .rows
                .into_iter()
                .map(|member| (member.user_id, member.sessions))
                .collect::<Vec<_>>()
        };
        let ann = [("user_ann".to_owned(), 1)];
        for query in ["", "ANN", "ann@example", "user_a", "er_"] {
            assert_eq!(found(query).await, ann, "{query}");
        }
        for query in ["bob", "%", "a%n", "u__r", "!", "' or 1=1 --"] {
            assert!(found(query).await.is_empty(), "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn concurrent_deliveries_of_one_event_are_applied_once() {
    on_every_database(|store| async move {
        let event = event("same", "organization.created", 1, json!({ "id": "org_a", "name": "A", "updated_at": 1 }));
        let deliveries: Vec<_> = (0..10)
            .map(|_| (store.clone(), event.clone()))
            .map(|(store, event)| {
                tokio::spawn(async move { webhook_inbox::ingest(&store, &event, NOW_MS).await.unwrap() })
            })
            .collect();
        let mut new = 0;
        for delivery in deliveries {
            new += u32::from(delivery.await.unwrap() == webhook_inbox::Ingested::New);
        }
        assert_eq!((new, outcome_of(&store, "same").await.as_str()), (1, "applied"));
    })
    .await;
}

#[tokio::test]
async fn refusals_of_different_users_are_counted_separately() {
    on_every_database(|store| async move {
        let call = |organization: &str, user: &str| DeniedCall {
            actor: Actor { user: UserId::parse(user).unwrap(), ..actor(organization) },
            operation: "rename_organization",
            outcome: "forbidden",
            request_id: "r".to_owned(),
            at_ms: NOW_MS,
        };
        audit::record_refusals(&store, &[call("org_a-user_b", "user_c"), call("org_a", "user_b-user_c")])
            .await
            .unwrap();
        for organization in ["org_a-user_b", "org_a"] {
            let log = audit::list(&grant(&store, organization, ListAudit::default())).await.unwrap().rows;
            assert_eq!(log.iter().map(|entry| entry.times).collect::<Vec<_>>(), [1], "{organization}");
        }
    })
    .await;
}

#[tokio::test]
async fn concurrent_batches_lose_no_refusal() {
    on_every_database(|store| async move {
        let batch = |turn: usize| -> Vec<DeniedCall> {
            let mut calls: Vec<_> = (0..40)
                .map(|n| DeniedCall {
                    actor: Actor { user: UserId::parse(&format!("user_{n}")).unwrap(), ..actor("org_a") },
                    operation: "change_role",
                    outcome: "forbidden",
                    request_id: "r".to_owned(),
                    at_ms: NOW_MS,
                })
                .collect();
            calls.rotate_left(turn * 7);
            calls
        };
        let writers: Vec<_> = (0..5)
            .map(|turn| (store.clone(), batch(turn)))
            .map(|(store, calls)| tokio::spawn(async move { audit::record_refusals(&store, &calls).await.unwrap() }))
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let (rows, times): (i64, i64) = sqlx::query_as("select count(*), cast(sum(times) as bigint) from audit")
            .fetch_one(store.reader())
            .await
            .unwrap();
        assert_eq!((rows, times), (40, 200));
    })
    .await;
}

#[tokio::test]
async fn an_in_memory_database_is_refused_with_the_remedy() {
    for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite://", "sqlite:"] {
        let error = crate::store::open(&url.into()).await.unwrap_err();
        assert!(matches!(&error, StoreError::Place(text) if text.contains("name a file")), "{url}: {error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_database_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("private.db");
    let store = crate::store::open(&format!("sqlite://{}", file.display()).into()).await.unwrap();
    organizations::rename(&grant(&store, "org_a", RenameOrganization::to("A"))).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.file_name());
    }
}

#[tokio::test]
async fn many_sessions_of_one_member_do_not_hide_those_of_the_others() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        let robot = membership("mem_robot", "org_a", "user_robot", "org:member", 1);
        ingest_events(&store, &[event("robot", "organizationMembership.created", 1, robot)]).await;
        let sessions: Vec<objects::Session> = (0..1_100)
            .map(|number| parse_object(&session(&format!("sess_robot_{number}"), "user_robot", 100 + number)))
            .collect();
        mirror::upsert_page(&store, &sessions).await.unwrap();
        let mut transaction = store.writer().begin().await.unwrap();
        let newer = sqlx::query("update sessions set created_at = 1000 where user_id = 'user_robot'");
        newer.execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
        let mut found = members(&store, "org_a").await;
        found.sort_unstable();
        let member = |user: &str, sessions| (user.to_owned(), "member".to_owned(), sessions);
        let counted = domain::operation::MAX_COUNTED_SESSIONS;
        assert_eq!(found, [member("user_ann", 1), member("user_robot", counted)]);
        let robot = grant(&store, "org_a", ShowMember { user_id: "user_robot".to_owned() });
        assert_eq!(members::show(&robot).await.unwrap().sessions.len(), 40);
    })
    .await;
}
