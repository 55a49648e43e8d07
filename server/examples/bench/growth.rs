//! Fills the database of the server under test. The same numbers give the same rows.
//!
//! Organization, users and memberships come as webhooks, so that every column and counter is there.
//! The audit log has no such way in, so its rows are copied within the database.

use crate::arguments::Run;
use crate::cases::Case;
use crate::process::{self, Process};
use crate::requests::{self, Many, ORGANIZATION};
use sqlx::{AnyConnection, Connection};
use std::error::Error;
use std::path::Path;
use std::time::Duration;

/// Webhooks that are signed at once: their signatures expire after five minutes.
const BATCH: usize = 10_000;

/// Fills the database with the members and audit rows of the run.
pub(crate) async fn fill(run: &Run, server: &Process, scratch: &Path) -> Result<(), Box<dyn Error>> {
    let deliver = Case { name: "growth", requests: |_| Ok(Many::once(Vec::new())), status: 200, target: None };
    let patient = Run { seconds: 300, ..run.clone() };
    let first = requests::webhook("msg_organization", &requests::organization_event())?;
    process::round(&patient, server, Many::once(vec![first]), &deliver).await?;
    let members: Vec<usize> = (0..run.members).collect();
    for batch in members.chunks(BATCH) {
        let users = batch.iter().map(|n| requests::webhook(&format!("msg_user_{n}"), &requests::user_event(*n)));
        process::round(&patient, server, Many::once(users.collect::<Result<_, _>>()?), &deliver).await?;
        let members =
            batch.iter().map(|n| requests::webhook(&format!("msg_member_{n}"), &requests::membership_event(*n)));
        process::round(&patient, server, Many::once(members.collect::<Result<_, _>>()?), &deliver).await?;
    }
    fill_audit(run, scratch).await
}

/// Rows one second apart, the newest from when the project began.
async fn fill_audit(run: &Run, scratch: &Path) -> Result<(), Box<dyn Error>> {
    sqlx::any::install_default_drivers();
    let file = format!("sqlite://{}", scratch.join("bench.db").display());
    let mut connection = AnyConnection::connect(run.database.as_deref().unwrap_or(&file)).await?;
    let statement = "insert into audit (id, organization_id, at, user_id, session_id, operation, outcome, \
         changed_from, changed_to, request_id, times) \
         with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < $1) \
         select 'bench-' || cast(1000000000 + i as text), $2, 1700000000000 + i * 1000, 'user_1', 'sess_1', \
         'rename_organization', 'done', 'Engines', 'Looms', 'request', 1 from n";
    let rows = i64::try_from(run.audit.max(1))?;
    let insert = sqlx::query(statement).bind(rows).bind(ORGANIZATION).execute(&mut connection);
    tokio::time::timeout(Duration::from_secs(300), insert).await??;
    Ok(())
}
