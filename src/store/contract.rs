//! The contract of the store, tested on SQLite and on PostgreSQL.

mod activity;
mod activity_charts; // example:line activity
mod audit_filters;
mod audit_persons;
mod saved_views; // example:line views
mod command_intents;
mod command_results;
mod counts;
mod coverage;
mod deleted_objects;
mod dumps;
mod durability;
mod edges;
mod jobs;
mod personal_data;
mod resent_invitations; // example:line invitations
mod retention;
mod renames;
mod instance_users; // example:line users
mod invitations_of_members; // example:line invitations
mod roles_and_impersonation;
mod webhook_pages; // example:line webhooks
mod lifetimes;
mod member_filters;
mod member_sorts;
mod member_words;
mod schema_upgrades;
mod one_member;
mod organization_names;
mod event_order;
mod outage;
mod database_url;
mod other_sessions;
mod pages;
mod pgbouncer;
mod plans;
mod search;
mod session_pages; // example:line sessions

use super::command_intents::{Change, NewIntent};
use super::command_outcomes::{Effect, Outcome};
use super::*;
use crate::access::Granted;
use crate::actor::Actor;
use crate::db::{Database, Schema, StoreError};
use crate::denial_log::DeniedCall;
use crate::random::Token;
use clerk::objects::{self, ClerkObject};
use clerk::webhook::{self, Event};
use domain::ids::{OrganizationId, SessionId, UserId};
use domain::operation::{
    AuditPageView, ChangeRole, ChangeView, ListAudit, ListMembers, Operation, RemoveMember, RenameOrganization,
    RevokeOtherSessions, RevokeSession, ShowDashboard, ShowMember, SignOutEverywhere,
};
use secrecy::ExposeSecret as _;
use sqlx::{AnyConnection, Connection as _, Executor as _};

use serde_json::{Value, json};
use std::future::Future;
use std::time::Duration;
use svix::webhooks::Webhook;

const NOW_MS: i64 = 1_800_000_000_000;
const SECRET: &str = "whsec_c3RvcmUtY29udHJhY3Qtc3RvcmUtY29udHJhY3Q=";

/// Runs a test on every available database, and through PgBouncer in transaction mode. Each run has
/// its own database.
async fn on_every_database<F: Future<Output = ()>>(test: impl Fn(Database) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("nested/contract.db").display());
    let store = crate::store::open(&url.into()).await.unwrap();
    test(store.clone()).await;
    plans::assert_no_scan(&store).await;
    let Some(url) = postgres_url() else { return };
    let admin = Database::postgres(&url).await.unwrap();
    let name = format!("contract_{}", Token::random().as_str().replace('-', "_").to_lowercase());
    execute(&admin, format!("create schema \"{name}\"")).await;
    let store = crate::store::open(&format!("{url}?options=-c%20search_path%3D{name}").into()).await.unwrap();
    test(store.clone()).await;
    plans::assert_no_scan(&store).await;
    drop(store);
    execute(&admin, format!("drop schema \"{name}\" cascade")).await;
    let Some(url) = service("GATEHOUSE_TEST_PGBOUNCER_URL") else { return };
    execute(&admin, format!("create database \"{name}\" template template0")).await;
    test(crate::store::open(&database(&url, &name)).await.unwrap()).await;
    execute(&admin, format!("drop database \"{name}\" with (force)")).await;
}

fn postgres_url() -> Option<String> {
    service("GATEHOUSE_TEST_POSTGRES_URL")
}

/// The URL of another database on the same port.
fn database(url: &str, name: &str) -> SecretString {
    let mut url = url::Url::parse(url).unwrap();
    url.set_path(name);
    url.to_string().into()
}

#[expect(clippy::disallowed_methods, reason = "where the tests' databases are")]
fn service(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok();
    if url.is_none() {
        assert!(std::env::var("GATEHOUSE_TEST_SERVICES").as_deref() != Ok("required"), "{variable} is not set");
        println!("skipped: {variable} is not set");
    }
    url
}

/// Runs a statement outside a transaction, which `create database` and `vacuum` require.
#[expect(clippy::disallowed_methods, reason = "a schema has no parameter; its name is ours")]
async fn execute(store: &Database, statement: String) {
    store.reader().execute(sqlx::AssertSqlSafe(statement)).await.unwrap();
}

fn actor(organization: &str) -> Actor {
    Actor {
        user: UserId::parse("user_ada").unwrap(),
        session: SessionId::parse("sess_ada").unwrap(),
        organization: OrganizationId::parse(organization).unwrap(),
        impersonator: None,
    }
}

/// Parses an object as Clerk's API answers it.
fn parse_object<T: ClerkObject>(object: &Value) -> T {
    T::read(object).unwrap()
}

fn grant<Op: Operation>(store: &Database, organization: &str, input: Op) -> Granted<Op> {
    Granted::for_tests(input, actor(organization), store.clone(), NOW_MS)
}

/// Begins a change at Clerk, as each command does.
async fn begin(store: &Database, change: Change, subject: &str) -> Intent {
    let grant = grant(store, "org_a", RevokeOtherSessions::default());
    let transaction = store.writer().begin().await.unwrap();
    let new = NewIntent { change, subject: subject.to_owned(), from: "active".to_owned() };
    super::command_intents::begin(&grant, transaction, new).await.unwrap()
}

/// A verified event. Verification is the only way to make one.
fn event(id: &str, kind: &str, timestamp: i64, data: Value) -> Event {
    let body = json!({ "type": kind, "object": "event", "timestamp": timestamp, "data": data }).to_string();
    let signature = Webhook::new(SECRET).unwrap().sign(id, 1000, body.as_bytes()).unwrap();
    let headers = [("svix-id", id), ("svix-timestamp", "1000"), ("svix-signature", &signature)];
    let headers = headers
        .iter()
        .map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap()))
        .collect();
    webhook::verify(&[SecretString::from(SECRET)], &headers, body.as_bytes(), 1000).unwrap()
}

fn user(id: &str, first_name: &str, updated_at: i64) -> Value {
    json!({ "id": id, "first_name": first_name, "last_name": null, "updated_at": updated_at,
        "primary_email_address_id": "e2",
        "email_addresses": [
            { "id": "e1", "email_address": "old@example.com" },
            { "id": "e2", "email_address": format!("{id}@example.com"), "verification": { "status": "verified" } },
        ] })
}

fn membership(id: &str, organization: &str, user: &str, role: &str, updated_at: i64) -> Value {
    json!({ "id": id, "organization": { "id": organization }, "public_user_data": { "user_id": user }, "role": role,
        "updated_at": updated_at })
}

fn session(id: &str, user: &str, updated_at: i64) -> Value {
    json!({ "id": id, "user_id": user, "status": "active", "created_at": 1, "updated_at": updated_at,
        "latest_activity": { "browser_name": "Firefox" } })
}

fn revoked_session(id: &str, user: &str, updated_at: i64) -> objects::Session {
    let mut object = session(id, user, updated_at);
    object["status"] = "revoked".into();
    parse_object(&object)
}

/// Ends a command whose change Clerk made.
async fn done(store: &Database, intent: Intent, effect: Effect) {
    command_outcomes::finish(store, &intent, &Outcome::Done(effect)).await.unwrap();
}

async fn ingest_events(store: &Database, events: &[Event]) {
    for event in events {
        webhook_inbox::ingest(store, event, NOW_MS).await.unwrap();
    }
}

/// Two organizations, each with a member and a session.
async fn two_organizations(store: &Database) {
    let mut events = Vec::new();
    for (organization, person) in [("org_a", "user_ann"), ("org_b", "user_bob")] {
        events.push(event(&format!("u{person}"), "user.created", 1, user(person, person, 1)));
        events.push(event(
            &format!("m{person}"),
            "organizationMembership.created",
            1,
            membership(&format!("mem_{person}"), organization, person, "org:member", 1),
        ));
        events.push(event(&format!("s{person}"), "session.created", 1, session(&format!("sess_{person}"), person, 1)));
    }
    ingest_events(store, &events).await;
}

async fn members(store: &Database, organization: &str) -> Vec<(String, String, u32)> {
    let page = members::list(&grant(store, organization, ListMembers::default())).await.unwrap();
    page.rows.into_iter().map(|member| (member.user_id, member.role, member.sessions)).collect()
}

#[tokio::test]
async fn one_organization_cannot_reach_into_another() {
    on_every_database(|store| async move {
        two_organizations(&store).await;
        assert_eq!(members(&store, "org_a").await, [("user_ann".to_owned(), "member".to_owned(), 1)]);
        let role = grant(
            &store,
            "org_a",
            ChangeRole { user_id: "user_bob".to_owned(), role: "admin".to_owned(), reason: String::new() },
        );
        assert!(matches!(members::begin_role_change(&role, "org:admin").await, Err(StoreError::NotFound)));
        let session =
            grant(&store, "org_a", RevokeSession { session_id: "sess_user_bob".to_owned(), reason: String::new() });
        assert!(matches!(sessions::begin_revocation(&session).await, Err(StoreError::NotFound)));
        assert_eq!(members(&store, "org_b").await, [("user_bob".to_owned(), "member".to_owned(), 1)]);
    })
    .await;
}

#[tokio::test]
async fn duplicate_events_change_nothing_and_malformed_payloads_are_kept() {
    on_every_database(|store| async move {
        let first = event("same", "organization.created", 1, json!({ "id": "org_a", "name": "A", "updated_at": 1 }));
        assert_eq!(webhook_inbox::ingest(&store, &first, NOW_MS).await.unwrap(), webhook_inbox::Ingested::New);
        assert_eq!(webhook_inbox::ingest(&store, &first, NOW_MS).await.unwrap(), webhook_inbox::Ingested::Duplicate);
        for (n, (kind, data)) in [
            ("user.created", json!({})),
            ("user.created", json!({ "id": 7, "updated_at": "x" })),
            (
                "user.updated",
                json!({ "id": "user_nul", "first_name": "a\u{0}b", "updated_at": 1, "email_addresses": [] }),
            ),
            ("organizationMembership.created", json!({ "id": "m", "updated_at": 1 })),
            ("session.created", json!([1, 2])),
            ("something.new", json!(null)),
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(
                webhook_inbox::ingest(&store, &event(&format!("odd{n}"), kind, 1, data), NOW_MS).await.unwrap(),
                webhook_inbox::Ingested::New,
                "{kind}"
            );
        }
        let (kept,): (i64,) =
            sqlx::query_as("select count(*) from webhook_inbox").fetch_one(store.reader()).await.unwrap();
        assert_eq!(kept, 7);
    })
    .await;
}

#[tokio::test]
async fn equal_refusals_within_a_minute_are_one_row() {
    on_every_database(|store| async move {
        let call = |at_ms| DeniedCall {
            actor: actor("org_a"),
            operation: "rename_organization",
            outcome: "rate_limited",
            request_id: "r".to_owned(),
            at_ms,
        };
        audit::record_refusals(&store, &[call(NOW_MS), call(NOW_MS + 1)]).await.unwrap();
        audit::record_refusals(&store, &[call(NOW_MS + 2), call(NOW_MS + 60_000)]).await.unwrap();
        let log = audit::list(&grant(&store, "org_a", ListAudit::default())).await.unwrap().rows;
        assert_eq!(log.iter().map(|entry| entry.times).collect::<Vec<_>>(), [1, 3]);
    })
    .await;
}

#[tokio::test]
async fn an_unreachable_database_is_reported_within_seconds() {
    let started = std::time::Instant::now();
    let error = crate::store::open(&"postgres://nobody@127.0.0.1:9/none".into()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(started.elapsed() < Duration::from_secs(4));
    assert!(!format!("{error:?}").contains("nobody@"));
    let said = error.to_string();
    assert!(said.contains("DATABASE_URL") && said.contains("check that it runs"), "{said}");
}
