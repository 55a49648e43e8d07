//! Reads the audit log for an export, in batches along the index of its filter.
//!
//! An export is bounded in rows and in time, and at most one batch is in memory. The entry about
//! the export is stored before the first batch is read, so no export goes unrecorded.

use super::audit;
use super::audit_filter::{self, Filter, Row};
use super::page::{Slice, count};
use crate::access::Granted;
use crate::db::{Database, StoreError};
use domain::calendar::rfc3339;
use domain::operation::{AuditFilter, ChangeView, ExportAudit};
use domain::text::shown;
use std::time::{Duration, Instant};

/// Rows of one batch.
const BATCH: i64 = 500;
/// Rows of one export.
const MOST_ROWS: usize = 100_000;
/// The time of one export.
const MOST_TIME: Duration = Duration::from_secs(60);

/// An entry as an export has it. Texts of other people cannot change the direction of the text
/// around them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportedEntry {
    /// Unix milliseconds.
    pub at_ms: i64,
    /// Names and values in the order of the columns; times and codes as the log stores them.
    pub values: [String; COLUMNS.len()],
}

/// The columns of an export.
pub const COLUMNS: [&str; 16] = [
    "time",
    "actor",
    "actor_id",
    "impersonator",
    "impersonator_id",
    "operation",
    "outcome",
    "times",
    "subject",
    "subject_id",
    "before",
    "after",
    "reason",
    "session_id",
    "request_id",
    "entry_id",
];

/// The next part of an export.
#[derive(Debug)]
pub enum Exported {
    /// Entries, newest first.
    Entries(Vec<ExportedEntry>),
    /// The export ends before the log does. The time of the last entry that it has, Unix
    /// milliseconds.
    Cut(i64),
    /// The export is complete.
    End,
}

/// An export that has begun.
#[derive(Debug)]
pub struct AuditExport {
    database: Database,
    organization: String,
    filter: Filter,
    /// The id of the last entry that was read.
    beside: String,
    last_ms: i64,
    rows: usize,
    begun: Instant,
    is_complete: bool,
}

/// Begins an export of the entries of the grant's organization that match its filter, and records
/// it.
///
/// # Errors
/// The database does not answer or refuses a statement; nothing is exported then.
pub async fn begin(grant: &Granted<ExportAudit>) -> Result<AuditExport, StoreError> {
    let input = grant.input();
    let mut filter = input.filter();
    // Entries from now on, such as the one about this export, are not in it.
    let now_ms = grant.now_ms();
    let to = if input.is_json_lines() { "JSON Lines" } else { "CSV" };
    let change = ChangeView { subject: "audit log".to_owned(), from: described(&filter), to: to.to_owned() };
    let mut transaction = grant.database().writer().begin().await?;
    audit::record(grant, &mut transaction, &change).await?;
    transaction.commit().await?;
    filter.to_ms = if filter.to_ms == 0 { now_ms } else { filter.to_ms.min(now_ms) };
    Ok(AuditExport {
        database: grant.database().clone(),
        organization: grant.actor().organization.to_string(),
        filter: Filter::of(&filter),
        beside: String::new(),
        last_ms: now_ms,
        rows: 0,
        begun: Instant::now(),
        is_complete: false,
    })
}

/// The filter for the entry about the export.
fn described(filter: &AuditFilter) -> String {
    let AuditFilter { person, actor, operation, outcome, from_ms, to_ms } = filter;
    let time = |time: i64| if time == 0 { String::new() } else { rfc3339(time) };
    let parts = [
        ("person", person.clone()),
        ("actor", actor.clone()),
        ("operation", operation.clone()),
        ("outcome", outcome.clone()),
        ("from", time(*from_ms)),
        ("to", time(*to_ms)),
    ];
    let parts = parts.into_iter().filter(|(_, value)| !value.is_empty());
    let parts: Vec<_> = parts.map(|(name, value)| format!("{name} {value}")).collect();
    if parts.is_empty() { "all entries".to_owned() } else { parts.join(", ") }
}

impl AuditExport {
    /// The next part.
    ///
    /// # Errors
    /// The database does not answer or refuses a statement; the export is incomplete then.
    pub async fn next(&mut self) -> Result<Exported, StoreError> {
        if self.is_complete {
            return Ok(Exported::End);
        }
        if self.rows >= MOST_ROWS || self.begun.elapsed() >= MOST_TIME {
            self.is_complete = true;
            return Ok(Exported::Cut(self.last_ms));
        }
        // `prune` may delete the last entry between two batches.
        let beside_ms = (!self.beside.is_empty()).then_some(self.last_ms);
        let slice = Slice { beside: self.beside.clone(), beside_ms, ..Slice::first() };
        let found = audit_filter::read(&self.database, &self.organization, &self.filter, slice, BATCH).await?;
        let is_full = i64::try_from(found.rows.len()).is_ok_and(|rows| rows >= BATCH);
        if let Some(last) = found.rows.last() {
            (self.beside, self.last_ms) = (last.id.clone(), last.at);
        }
        match found.stop {
            Some(stop) => (self.beside, self.last_ms) = (stop.id, stop.at_ms),
            None => self.is_complete = !is_full,
        }
        self.rows += found.rows.len();
        Ok(Exported::Entries(found.rows.into_iter().map(exported).collect()))
    }
}

fn exported(row: Row) -> ExportedEntry {
    let text = |text: Option<String>| text.as_deref().map(shown).unwrap_or_default();
    ExportedEntry {
        at_ms: row.at,
        values: [
            rfc3339(row.at),
            shown(&row.actor),
            row.user_id,
            text(row.impersonator),
            row.impersonator_id.unwrap_or_default(),
            row.operation,
            row.outcome,
            count(row.times).to_string(),
            text(row.subject_name),
            text(row.subject),
            text(row.changed_from),
            text(row.changed_to),
            text(row.reason),
            row.session_id,
            row.request_id,
            row.id,
        ],
    }
}
