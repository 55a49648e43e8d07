//! One organization neither reads nor changes the rows of another, whatever it asks. The list of
//! operations drives the test, and the database and Clerk are compared before and after each call.
#![cfg(feature = "local-clerk")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use domain::operation::{Declaration, Effect};
use http::StatusCode;
use serde_json::Value;
use sqlx::AnyPool;
use support::app_with_clerk::{AppWithClerk, ada};
use support::inputs::{Input, inputs};
use support::rows::{Rows, all_rows};
use support::{Caller, caller_with, new_postgres_schema};

/// Operations that show no row of an organization: the roles and jobs of the instance, and numbers.
const WITHOUT_ROWS: &[&str] = &[
    "list_roles",
    "list_jobs",     // example:line webhooks
    "show_activity", // example:line activity
    "show_security",
];

/// An administrator of another organization, who is no member of the operators'.
fn intruder() -> Caller {
    caller_with(|claims| {
        claims["sub"] = "user_intruder".into();
        claims["sid"] = "sess_intruder".into();
        claims["o"]["id"] = "org_local_society".into();
        claims["o"]["slg"] = "royal-society".into();
    })
}

struct TwoOrganizations {
    setup: AppWithClerk,
    database: AnyPool,
    is_sqlite: bool,
    rows: Rows,
    markers: Vec<String>,
}

impl TwoOrganizations {
    async fn create(url: &str) -> Self {
        let setup = AppWithClerk::with(&[("DATABASE_URL", url)]).await;
        let database = AnyPool::connect(url).await.unwrap();
        let rows = Rows::create(&setup, &database).await;
        let markers = rows.markers(&database).await;
        Self { setup, database, is_sqlite: url.starts_with("sqlite"), rows, markers }
    }

    fn marker_in(&self, text: &str) -> Option<&String> {
        self.markers.iter().find(|marker| text.contains(*marker))
    }

    /// The rows of the first organization, here and at Clerk.
    async fn state(&self) -> (Vec<String>, Vec<String>) {
        let rows = all_rows(&self.database, self.is_sqlite).await;
        let own = rows.into_iter().filter(|row| self.marker_in(row).is_some()).collect();
        (own, self.rows.at_clerk(&self.setup).await)
    }

    /// The other organization tries every operation on these rows.
    async fn assert_out_of_reach(&self, inputs: &[Input]) {
        let before = self.state().await;
        for (index, input) in inputs.iter().enumerate() {
            let name = input.declaration.name;
            let response = self.setup.call(&intruder(), name, &self.rows.form(index, input)).await;
            assert!(!response.status.is_server_error(), "{name}: {}", response.body);
            assert_eq!(self.marker_in(&response.body), None, "{name} reads another organization: {}", response.body);
            assert_eq!(self.state().await, before, "{name} changes another organization");
        }
    }

    /// The organization itself succeeds with the same forms, so the forms above were meaningful.
    async fn assert_in_reach(&self, inputs: &[Input]) {
        for (index, input) in inputs.iter().enumerate() {
            let declaration = input.declaration;
            let before = if declaration.effect == Effect::Change { Some(self.state().await) } else { None };
            let response = self.setup.call(&ada(), declaration.name, &self.rows.form(index, input)).await;
            assert_eq!(response.status, StatusCode::OK, "{}: {}", declaration.name, response.body);
            match declaration.effect {
                Effect::Change => {
                    assert_ne!(Some(self.state().await), before, "{} changes nothing", declaration.name);
                }
                Effect::Read if has_no_rows(declaration) => {}
                Effect::Read => assert!(
                    self.marker_in(&response.body).is_some(),
                    "{} shows none of the rows: add one to `Rows` in server/tests/support/rows.rs, or the operation to \
                     WITHOUT_ROWS: {}",
                    declaration.name,
                    response.body
                ),
            }
        }
    }

    /// The answers that the other organization reads. Its audit log is read without refusals,
    /// because a refused reading adds an entry once a minute.
    async fn readings(&self, inputs: &[Input]) -> Vec<(&'static str, Value)> {
        let mut readings = Vec::new();
        for (index, input) in inputs.iter().enumerate() {
            if input.declaration.effect == Effect::Read {
                let name = input.declaration.name;
                let form = self.rows.form(index, input).replace("outcome=", "outcome=done");
                let response = self.setup.call(&intruder(), name, &form).await;
                assert_eq!(self.marker_in(&response.body), None, "{name} shows another organization");
                readings.push((name, response.json()));
            }
        }
        readings
    }
}

fn has_no_rows(declaration: &Declaration) -> bool {
    WITHOUT_ROWS.contains(&declaration.name)
}

async fn assert_separate(url: &str) {
    let inputs = inputs();
    let organizations = TwoOrganizations::create(url).await;
    organizations.assert_out_of_reach(&inputs).await;
    let before = without_passing_time(organizations.readings(&inputs).await);
    organizations.assert_in_reach(&inputs).await;
    let after = without_passing_time(organizations.readings(&inputs).await);
    assert_eq!(after, before, "a change in one organization shows in another");
}

/// Removes what a second reading changes by itself: the refusals of the first one, which the
/// dashboard also lists, and the end of the hour that the activity counts.
fn without_passing_time(mut readings: Vec<(&'static str, Value)>) -> Vec<(&'static str, Value)> {
    for (_, reading) in &mut readings {
        remove_passing_time(reading);
    }
    readings
}

fn remove_passing_time(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(remove_passing_time),
        Value::Object(members) => {
            members.retain(|name, _| !["refusals", "reasons", "latest", "ends_at_ms"].contains(&name.as_str()));
            members.values_mut().for_each(remove_passing_time);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn no_operation_reads_or_changes_another_organization_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    assert_separate(&format!("sqlite://{}", folder.path().join("tenancy.db").display())).await;
}

#[tokio::test]
async fn no_operation_reads_or_changes_another_organization_in_postgres() {
    let Some(url) = new_postgres_schema().await else { return };
    assert_separate(&url).await;
}
