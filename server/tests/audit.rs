//! Every change leaves one audit entry, every refusal of a known caller leaves one, and reading
//! leaves none. The list of operations drives the tests.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use domain::operation::Effect;
use futures_util::future::join_all;
use http::StatusCode;
use sqlx::{AnyPool, FromRow};
use support::app_with_clerk::{AppWithClerk, ada};
use support::inputs::{Input, inputs};
use support::rows::Rows;
use support::{Caller, TestApp, TestResponse};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, FromRow)]
struct Entry {
    operation: String,
    outcome: String,
    organization_id: String,
    user_id: String,
    session_id: String,
    request_id: String,
    times: i64,
}

/// A fresh SQLite file, and its URL.
fn new_database() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("audit.db").display());
    (folder, url)
}

/// The entries of one organization for one operation.
async fn entries(database: &AnyPool, organization: &str, operation: &str) -> Vec<Entry> {
    sqlx::query_as(
        "select operation, outcome, organization_id, user_id, session_id, request_id, times from audit \
         where organization_id = $1 and operation = $2 order by outcome",
    )
    .bind(organization)
    .bind(operation)
    .fetch_all(database)
    .await
    .unwrap()
}

fn entry(input: &Input, outcome: &str, (organization, user): (&str, &str), response: &TestResponse) -> Entry {
    Entry {
        operation: input.declaration.name.to_owned(),
        outcome: outcome.to_owned(),
        organization_id: organization.to_owned(),
        user_id: user.to_owned(),
        session_id: "sess_ada".to_owned(),
        request_id: response.header("x-request-id").to_owned(),
        times: 1,
    }
}

#[tokio::test]
async fn every_change_leaves_one_audit_entry_and_reading_leaves_none() {
    let (_folder, url) = new_database();
    let setup = AppWithClerk::with(&[("DATABASE_URL", &url)]).await;
    let database = AnyPool::connect(&url).await.unwrap();
    let rows = Rows::create(&setup, &database).await;
    // The rows above were made by changes, which have entries of their own.
    sqlx::query("delete from audit where operation <> 'kept_entry'").execute(&database).await.unwrap();
    for (index, input) in inputs().iter().enumerate() {
        let name = input.declaration.name;
        let response = setup.call(&ada(), name, &rows.form(index, input)).await;
        assert_eq!(response.status, StatusCode::OK, "{name}: {}", response.body);
        let actor = (local_clerk::OPERATORS, "user_local_ada");
        let expected = match input.declaration.effect {
            Effect::Change => vec![entry(input, "done", actor, &response)],
            Effect::Read => Vec::new(),
        };
        setup.app.wait_for_refusals().await;
        assert_eq!(entries(&database, local_clerk::OPERATORS, name).await, expected, "{name}");
    }
    let (without_subject,): (i64,) =
        sqlx::query_as("select count(*) from audit where outcome = 'done' and coalesce(subject, '') = ''")
            .fetch_one(&database)
            .await
            .unwrap();
    assert_eq!(without_subject, 0, "an entry does not say what was changed");
}

/// The refusals that a known caller can get before the operation runs, each with its response.
async fn refusals(app: &TestApp, input: &Input) -> Vec<(&'static str, TestResponse)> {
    let (name, valid) = (input.declaration.name, input.valid_form());
    let elsewhere = format!("{valid}&organization_id=org_neighbours");
    let mut attempts = vec![
        ("forbidden", Caller::without_permission(), valid.clone()),
        ("other_organization", Caller::admin(), elsewhere),
    ];
    attempts.extend(input.declaration.reverification.map(|_| ("reverification", Caller::stale(), valid.clone())));
    attempts.extend(input.invalid_form().map(|form| ("invalid_input", Caller::admin(), form)));
    let mut refusals = Vec::new();
    for (code, caller, form) in attempts {
        refusals.push((code, app.call(&caller, name, &form).await));
    }
    if let Some(limit) = input.declaration.rate_limit {
        // At once, because some calls wait for Clerk and the window must not end meanwhile.
        join_all((0..limit.requests).map(async |_| app.call(&Caller::admin(), name, &valid).await)).await;
        refusals.push(("rate_limited", app.call(&Caller::admin(), name, &valid).await));
    }
    refusals
}

#[tokio::test]
async fn every_kind_of_refusal_leaves_one_audit_entry() {
    let (_folder, url) = new_database();
    let app = TestApp::with(&[("DATABASE_URL", &url)]).await;
    let database = AnyPool::connect(&url).await.unwrap();
    for input in &inputs() {
        app.skip_to_fresh_window();
        let name = input.declaration.name;
        app.call(&Caller::anonymous(), name, &input.valid_form()).await;
        let refusals = refusals(&app, input).await;
        app.wait_for_refusals().await;
        let recorded = entries(&database, "org_engines", name).await;
        for (code, response) in &refusals {
            assert_eq!(response.json()["error"], *code, "{name}: {}", response.body);
            let of_this_kind: Vec<_> = recorded.iter().filter(|entry| entry.outcome == *code).cloned().collect();
            let expected = entry(input, code, ("org_engines", "user_ada"), response);
            assert_eq!(of_this_kind, [expected], "{name} {code}");
        }
    }
    let (anonymous,): (i64,) =
        sqlx::query_as("select count(*) from audit where outcome = 'unauthenticated' or user_id = ''")
            .fetch_one(&database)
            .await
            .unwrap();
    assert_eq!(anonymous, 0, "an anonymous call is in the metrics and not in the audit log");
}
