//! The data of a deleted person is gone from every table but the audit log, and
//! docs/personal-data.md names every column.

use super::deleted_objects::{invite, pending_invitations};
use super::*;
use crate::personal_data::{export, forget};
use crate::store::lifetimes::{self, NewSession};
use std::collections::BTreeSet;

/// Texts that occur in the data of one person only.
const PERSONAL: [&str; 4] = ["Zelda", "zelda@", "Netscape", "Atlantis"];

fn zelda() -> UserId {
    UserId::parse("user_zelda").unwrap()
}

/// Stores a person through everything that stores personal data.
async fn store_person(store: &Database) {
    two_organizations(store).await;
    let mut person = user("user_zelda", "Zelda", 1);
    person["email_addresses"][1]["email_address"] = "Zelda@example.com".into();
    let mut signed_in = session("sess_z", "user_zelda", 1);
    signed_in["latest_activity"] = json!({ "browser_name": "Netscape", "city": "Atlantis", "country": "Sea" });
    let mut joined = membership("mem_z", "org_a", "user_zelda", "org:admin", 1);
    joined["public_user_data"]["first_name"] = "Zelda".into();
    let invitation = |id: &str, status: &str| {
        json!({ "id": id, "organization_id": "org_b", "email_address": "zelda@example.com", "role": "org:member",
            "status": status, "created_at": 1, "updated_at": 1 })
    };
    let mut banned = person.clone();
    (banned["updated_at"], banned["id"]) = (2.into(), Value::Null);
    ingest_events(
        store,
        &[
            event("z1", "user.created", 1, person),
            event("z2", "organizationMembership.created", 1, joined),
            event("z3", "session.created", 1, signed_in),
            event("z4", "organizationInvitation.created", 1, invitation("inv_z", "pending")),
            event(
                "z5",
                "email.created",
                1,
                json!({ "to_email_address": "zelda@example.com", "body": "Zelda: 424242" }),
            ),
            event("z6", "sms.created", 1, json!({ "user_id": "user_zelda", "message": "Zelda: 424242" })),
            event("z7", "waitlistEntry.created", 1, json!({ "id": "w", "email_address": "zelda@example.com" })),
            event("z8", "user.updated", 2, banned),
        ],
    )
    .await;
    for (session, person) in [("sess_z", "user_zelda"), ("sess_acted", "user_ann as user_zelda")] {
        let (session, user) = (SessionId::parse(session).unwrap(), zelda());
        let new = NewSession { session: &session, user: &user, person, now_ms: NOW_MS, single: false };
        lifetimes::record_first_use(store, &new).await.unwrap();
    }
    ingest_events(store, &[event("z9", "session.created", 1, session("sess_acted", "user_zelda", 1))]).await;
    let view = "insert into audit_views (id, organization_id, user_id, name, filter, created_at) \
                values ('view_z', 'org_a', 'user_zelda', 'Refusals of Zelda', 'outcome=refused', 1)";
    store.writer().execute(sqlx::query(view)).await.unwrap();
    let intent = begin(store, invite("zelda@example.com"), "zelda@example.com").await;
    let mut sent = invitation("inv_y", "pending");
    sent["organization_id"] = "org_a".into();
    done(store, intent, Effect::Invitation(parse_object(&sent))).await;
    let revoke = RevokeSession { session_id: "sess_z".to_owned(), reason: "Zelda lost it".to_owned() };
    let intent = sessions::begin_revocation(&grant(store, "org_a", revoke)).await.unwrap();
    command_outcomes::finish(store, &intent, &Outcome::Unknown).await.unwrap();
    let intent = begin_removal(store).await;
    command_outcomes::finish(store, &intent, &Outcome::Unknown).await.unwrap();
}

async fn begin_removal(store: &Database) -> Intent {
    let remove = RemoveMember { user_id: "user_zelda".to_owned(), reason: "Zelda left".to_owned() };
    members::begin_removal(&grant(store, "org_a", remove)).await.unwrap()
}

/// The row of a session goes long before an entry about it, and a command may end after the person
/// was deleted.
#[tokio::test]
async fn a_deleted_user_leaves_no_reason() {
    on_every_database(|store| async move {
        store_person(&store).await;
        let intent = begin_removal(&store).await;
        store.writer().execute(sqlx::query("delete from sessions where id = 'sess_z'")).await.unwrap();
        let deleted = json!({ "id": "user_zelda", "deleted": true });
        ingest_events(&store, &[event("gone", "user.deleted", 5, deleted)]).await;
        command_outcomes::finish(&store, &intent, &Outcome::Unknown).await.unwrap();
        assert_nothing_personal(&store).await;
    })
    .await;
}

/// The names of all tables with their columns.
async fn columns(store: &Database) -> Vec<(String, String)> {
    let sqlite = "select m.name, c.name from sqlite_schema m, pragma_table_info(m.name) c \
                  where m.type = 'table' and m.name not like '%sqlx%' order by 1, 2";
    let postgres = "select cast(table_name as text), cast(column_name as text) from information_schema.columns \
                    where table_schema = current_schema() and table_name not like '%sqlx%' order by 1, 2";
    match sqlx::query_as(sqlite).fetch_all(store.reader()).await {
        Ok(columns) => columns,
        Err(_) => sqlx::query_as(postgres).fetch_all(store.reader()).await.unwrap(),
    }
}

/// Where a personal text is, as `table.column: value`, in every column of every table.
#[expect(clippy::disallowed_methods, reason = "names of columns have no parameter; they are ours")]
async fn personal_texts(store: &Database) -> Vec<String> {
    let mut found = Vec::new();
    for (table, column) in columns(store).await {
        if column == "sort_key" {
            // Bytes, which the search text has as text. The words, too, are counted below.
            continue;
        }
        let query = format!("select cast({column} as text) from {table} where {column} is not null");
        let rows: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(query)).fetch_all(store.reader()).await.unwrap();
        let is_personal = |value: &str| PERSONAL.iter().any(|text| value.to_lowercase().contains(&text.to_lowercase()));
        let rows = rows.into_iter().filter(|(value,)| is_personal(value) || value.contains("user_zelda"));
        found.extend(rows.map(|(value,)| format!("{table}.{column}: {value}")));
    }
    found
}

/// Ids stay, and the audit log stays.
fn is_allowed(place: &str) -> bool {
    const IDS: [&str; 4] = ["users.id", "memberships.user_id", "sessions.user_id", "webhook_inbox.user_id"];
    let is_id = IDS.iter().any(|column| place == format!("{column}: user_zelda"));
    is_id || place.starts_with("audit.") && !place.starts_with("audit.reason")
}

async fn assert_nothing_personal(store: &Database) {
    let found = personal_texts(store).await;
    let left: Vec<_> = found.iter().filter(|place| !is_allowed(place)).collect();
    assert!(left.is_empty(), "{left:#?}");
    let (keys,): (i64,) = sqlx::query_as(
        "select (select count(*) from users where id = 'user_zelda' and sort_key is not null) \
         + (select count(*) from memberships where user_id = 'user_zelda' and sort_key is not null) \
         + (select count(*) from membership_words w join memberships m on m.id = w.membership_id \
           where m.user_id = 'user_zelda')",
    )
    .fetch_one(store.reader())
    .await
    .unwrap();
    assert_eq!(keys, 0, "sort keys and words");
}

#[tokio::test]
async fn a_deleted_user_leaves_no_personal_data() {
    on_every_database(|store| async move {
        store_person(&store).await;
        let before = personal_texts(&store).await;
        for column in ["users.name", "users.email", "sessions.client", "invitations.email", "webhook_inbox.payload"] {
            assert!(before.iter().any(|place| place.starts_with(column)), "the test stores {column}: {before:#?}");
        }
        assert!(before.iter().all(|place| !place.contains("424242")), "one-time codes are never stored");
        let deleted = json!({ "id": "user_zelda", "deleted": true });
        ingest_events(&store, &[event("gone", "user.deleted", 5, deleted)]).await;
        assert_nothing_personal(&store).await;
        assert_eq!(members(&store, "org_b").await.len(), 1, "other people stay");
        assert_eq!(pending_invitations(&store, "org_b").await, [None], "the address is erased");
        // Neither do events that come late bring anything back.
        store_late_events(&store).await;
        assert_nothing_personal(&store).await;
    })
    .await;
}

async fn store_late_events(store: &Database) {
    let mut signed_in = session("sess_late", "user_zelda", 9);
    signed_in["latest_activity"] = json!({ "browser_name": "Netscape", "city": "Atlantis" });
    let data = json!({ "user_id": "user_zelda", "name": "Zelda" });
    ingest_events(
        store,
        &[
            event("l1", "user.updated", 9, user("user_zelda", "Zelda", 9)),
            event("l2", "session.created", 9, signed_in),
            event("l3", "something.new", 9, data),
        ],
    )
    .await;
}

#[tokio::test]
async fn forgetting_erases_the_same_and_counts_it_by_table() {
    on_every_database(|store| async move {
        store_person(&store).await;
        let erased = forget(&store, &zelda(), NOW_MS).await.unwrap();
        assert_nothing_personal(&store).await;
        let erased: Vec<_> = erased.iter().map(|erased| (erased.table, erased.rows)).collect();
        let expected = [
            ("users", 1),
            ("memberships", 1),
            ("sessions", 2),
            ("invitations", 2),
            // User, membership, two sessions, invitation, waitlist entry, and an update without an
            // id.
            ("webhook_inbox", 7),
            ("session_lifetimes", 2),
            ("audit", 2),
            ("audit_views", 1),
        ];
        assert_eq!(erased, expected);
        let again = forget(&store, &zelda(), NOW_MS).await.unwrap();
        assert!(again.iter().all(|erased| erased.rows == 0), "{again:?}");
        let unknown = forget(&store, &UserId::parse("user_unknown").unwrap(), NOW_MS).await.unwrap();
        assert!(unknown.iter().all(|erased| erased.rows == 0), "{unknown:?}");
    })
    .await;
}

#[tokio::test]
async fn an_export_has_everything_about_one_person_and_nothing_about_another() {
    on_every_database(|store| async move {
        store_person(&store).await;
        let exported = export(&store, &zelda()).await.unwrap();
        assert_eq!(exported["user"], "user_zelda");
        let rows = |table: &str| exported["tables"][table].as_array().unwrap().len();
        let tables =
            ["users", "memberships", "sessions", "session_lifetimes", "invitations", "audit_views", "command_intents"];
        assert_eq!(tables.map(rows), [1, 1, 2, 2, 2, 1, 0]);
        assert_eq!(exported["tables"]["users"][0]["name"], "Zelda");
        assert_eq!(exported["tables"]["sessions"][0]["user_id"], "user_zelda");
        let payloads = exported["tables"]["webhook_inbox"].as_array().unwrap();
        assert!(payloads.iter().any(|row| row["payload"]["first_name"] == "Zelda"), "payloads are objects");
        assert_eq!(rows("audit"), 3, "the invitation to the address, the end of a session, and the removal");
        let reasons: Vec<_> =
            exported["tables"]["audit"].as_array().unwrap().iter().map(|row| &row["reason"]).collect();
        assert!(reasons.contains(&&Value::from("Zelda left")), "{reasons:?}");
        let text = exported.to_string();
        for text_of_others in ["user_bob", "user_ann@"] {
            assert!(!text.contains(text_of_others), "{text_of_others}");
        }
    })
    .await;
}

/// docs/personal-data.md has a row for every column, so a new column needs a decision.
#[tokio::test]
async fn the_page_about_personal_data_lists_every_column() {
    on_every_database(|store| async move {
        let page = include_str!("../../../docs/personal-data.md");
        let (_, list) = page.split_once("## Every column").unwrap();
        let rows = list.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
        let listed: BTreeSet<String> = rows
            .flat_map(|(columns, _)| {
                let (table, columns) = columns.split_once('.').unwrap();
                columns.split(", ").map(move |column| format!("{table}.{column}"))
            })
            .collect();
        let existing: BTreeSet<String> =
            columns(&store).await.into_iter().map(|(table, column)| format!("{table}.{column}")).collect();
        assert_eq!(listed, existing);
    })
    .await;
}
