//! Fills the database of the server under test. The same numbers give the same rows.
//!
//! Organization, users, memberships and sessions come as webhooks, so that every column and counter
//! is there. The audit log has no such way in, so its rows are copied within the database.

use crate::arguments::Run;
use crate::cases::Case;
use crate::process::{self, Process};
use crate::requests::{self, Many, ORGANIZATION};
use serde_json::Value;
use sqlx::{AnyConnection, Connection, Executor};
use std::error::Error;
use std::path::Path;
use std::time::Duration;

/// Webhooks that are signed at once: their signatures expire after five minutes.
const BATCH: usize = 10_000;
/// Connections that deliver, whatever the run has: its rows then exist within minutes.
const CONNECTIONS: usize = 32;
const LONGEST: Duration = Duration::from_secs(300);

/// Fills the database with the members, sessions and audit rows of the run.
pub(crate) async fn fill(run: &Run, server: &Process, scratch: &Path) -> Result<(), Box<dyn Error>> {
    deliver(run, server, "organization", 1, |_| requests::organization_event()).await?;
    deliver(run, server, "user", run.members, requests::user_event).await?;
    deliver(run, server, "member", run.members, requests::membership_event).await?;
    let owner = |number: usize| format!("user_{}", number % run.members.max(1));
    let session = |number: usize| requests::session_event(&format!("sess_{number}"), &owner(number));
    deliver(run, server, "session", run.sessions, session).await?;
    fill_audit(run, scratch).await
}

async fn deliver(
    run: &Run,
    server: &Process,
    name: &str,
    events: usize,
    event: impl Fn(usize) -> Value,
) -> Result<(), Box<dyn Error>> {
    let case = Case { name: "growth", requests: |_, _| Ok(Many::once(Vec::new())), status: 200, target: None };
    let patient = Run { seconds: LONGEST.as_secs(), connections: CONNECTIONS, ..run.clone() };
    let numbers: Vec<usize> = (0..events).collect();
    for batch in numbers.chunks(BATCH) {
        let webhooks = batch.iter().map(|number| requests::webhook(&format!("msg_{name}_{number}"), &event(*number)));
        process::round(&patient, server, Many::once(webhooks.collect::<Result<_, _>>()?), &case).await?;
    }
    Ok(())
}

/// The id of the audit row with this number; row 1 is the oldest one.
pub(crate) fn audit_id(number: usize) -> String {
    format!("bench-{}", 1_000_000_000 + number)
}

/// Rows one second apart, the newest from when the project began.
async fn fill_audit(run: &Run, scratch: &Path) -> Result<(), Box<dyn Error>> {
    let mut connection = connect(run, scratch).await?;
    let statement = "insert into audit (id, organization_id, at, user_id, session_id, operation, outcome, \
         changed_from, changed_to, request_id, times) \
         with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < $1) \
         select 'bench-' || cast(1000000000 + i as text), $2, 1700000000000 + i * 1000, 'user_1', 'sess_1', \
         'rename_organization', 'done', 'Engines', 'Looms', 'request', 1 from n";
    let rows = i64::try_from(run.audit.max(1))?;
    let insert = sqlx::query(statement).bind(rows).bind(ORGANIZATION).execute(&mut connection);
    tokio::time::timeout(LONGEST, insert).await??;
    // The autovacuum of PostgreSQL would do this at some time within a measurement.
    if run.database.is_some() {
        tokio::time::timeout(LONGEST, connection.execute("vacuum analyze")).await??;
    }
    Ok(())
}

async fn connect(run: &Run, scratch: &Path) -> Result<AnyConnection, Box<dyn Error>> {
    sqlx::any::install_default_drivers();
    let file = format!("sqlite://{}", scratch.join("bench.db").display());
    Ok(AnyConnection::connect(run.database.as_deref().unwrap_or(&file)).await?)
}

/// A database and the statement that creates it.
pub(crate) type Created = (&'static str, &'static str);
pub(crate) const FEW: Created = ("few", "create database few");
pub(crate) const MANY: Created = ("many", "create database many");

/// Creates a database beside the run's and returns the run with it. SQLite has a file in each
/// scratch folder instead.
pub(crate) async fn beside(run: &Run, (name, create): Created, scratch: &Path) -> Result<Run, Box<dyn Error>> {
    let Some(address) = &run.database else { return Ok(run.clone()) };
    let mut url = url::Url::parse(address)?;
    connect(run, scratch).await?.execute(create).await?;
    url.set_path(name);
    Ok(Run { database: Some(url.into()), ..run.clone() })
}
