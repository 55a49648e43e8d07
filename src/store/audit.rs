//! Writes and reads the audit log. An entry is written in the transaction of the change that it
//! describes, so neither is stored without the other. Entries are read newest first.

use super::activity;
use super::audit_entry::{self, Call};
use super::page::{Listed, PAGE, Slice, count, read_page};
use crate::access::Granted;
use crate::db::Connection;
use crate::db::{Database, StoreError};
use crate::denial_log::DeniedCall;
use crate::random::Token;
use domain::operation::{AuditEntryView, ChangeView, ListAudit, Operation};
use domain::page_view::PageView;
use domain::text::{shown, shown_or};
use sqlx::FromRow;
use std::collections::BTreeMap;

#[derive(FromRow)]
struct Row {
    id: String,
    at: i64,
    actor: String,
    impersonator: Option<String>,
    operation: String,
    outcome: String,
    times: i64,
    subject: Option<String>,
    subject_name: Option<String>,
    changed_from: Option<String>,
    changed_to: Option<String>,
    reason: Option<String>,
}

impl Listed for Row {
    fn id(&self) -> &str {
        &self.id
    }
}

impl From<Row> for AuditEntryView {
    fn from(row: Row) -> Self {
        let text = |text: Option<String>| shown_or(text.as_deref(), "");
        let (from, to) = (text(row.changed_from), text(row.changed_to));
        Self {
            at_ms: row.at,
            actor: shown_or(Some(&row.actor), ""),
            impersonator: row.impersonator.map(|name| shown_or(Some(&name), "")),
            operation: row.operation,
            outcome: row.outcome,
            times: count(row.times),
            subject: row.subject_name.map(|name| shown_or(Some(&name), "")),
            reason: row.reason.as_deref().map(shown),
            change: row.subject.map(|subject| ChangeView { subject: shown(&subject), from, to }),
        }
    }
}

/// The entries beside an entry, in one direction.
macro_rules! entries_beside {
    ($comparison:literal, $direction:literal) => {
        concat!(
            "select a.id, a.at, coalesce(u.name, u.email, a.user_id) as actor, \
               coalesce(i.name, i.email, a.impersonator_id) as impersonator, \
               a.operation, a.outcome, a.times, a.subject, a.changed_from, a.changed_to, a.reason, \
               coalesce(s.name, s.email) as subject_name \
             from audit a left join users u on u.id = a.user_id left join users i on i.id = a.impersonator_id \
             left join sessions e on e.id = a.subject \
             left join users s on s.id = coalesce(e.user_id, a.subject) \
             where a.organization_id = $1 and (a.at, a.id) ",
            $comparison,
            " (coalesce((select b.at from audit b where b.id = $2 and b.organization_id = $1), $3), $2) \
             order by a.at ",
            $direction,
            ", a.id ",
            $direction,
            " limit $4 offset $5"
        )
    };
}
const OLDER_ENTRIES: &str = entries_beside!("<", "desc");
const NEWER_ENTRIES: &str = entries_beside!(">", "asc");

/// Reads one page of the organization's entries, newest first.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn list(grant: &Granted<ListAudit>) -> Result<PageView<AuditEntryView>, StoreError> {
    let page = read_page(&grant.input().page, |slice| read(grant, PAGE + 1, slice)).await?;
    Ok(page.map(Into::into))
}

/// Reads the newest entries of the grant's organization.
pub(super) async fn latest<Op: Operation>(grant: &Granted<Op>, number: i64) -> Result<Vec<AuditEntryView>, StoreError> {
    let rows = read(grant, number, Slice::first()).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

async fn read<Op: Operation>(grant: &Granted<Op>, limit: i64, slice: Slice) -> Result<Vec<Row>, StoreError> {
    let rows = sqlx::query_as(if slice.is_before { NEWER_ENTRIES } else { OLDER_ENTRIES })
        .bind(grant.actor().organization.as_str())
        .bind(slice.beside)
        .bind(i64::MAX)
        .bind(limit)
        .bind(slice.offset)
        .fetch_all(grant.database().reader())
        .await?;
    Ok(rows)
}

/// Adds the entry of a completed operation. `connection` belongs to the transaction that makes the
/// change.
pub(super) async fn record<Op: Operation>(
    grant: &Granted<Op>,
    connection: &mut Connection,
    change: &ChangeView,
) -> Result<(), StoreError> {
    let (actor, operation, request_id) = (grant.actor(), Op::DECLARATION.name, grant.request_id());
    let call = Call { actor, operation, request_id, at_ms: grant.now_ms(), reason: grant.reason() };
    let id = format!("{:013x}-{}", grant.now_ms(), Token::random().as_str());
    audit_entry::insert_once(connection, &id, &call, "done", Some(change)).await
}

/// Adds denied calls in one transaction. Equal calls within one minute become one row with a count,
/// so a flood of refusals cannot fill the table.
pub(crate) async fn record_refusals(database: &Database, calls: &[DeniedCall]) -> Result<(), StoreError> {
    // The map sorts the rows: two servers that write the same rows at once lock them in the same
    // order, so they cannot deadlock.
    let mut rows: BTreeMap<String, (&DeniedCall, i64)> = BTreeMap::new();
    for call in calls {
        let actor = &call.actor;
        let minute = call.at_ms.div_euclid(60_000);
        let impersonator = actor.impersonator.as_deref().unwrap_or_default();
        // Clerk's ids contain no spaces, so two different calls never get the same id.
        let id = format!(
            "{:013x} {} {} {} {} {impersonator}",
            minute * 60_000,
            actor.organization,
            actor.user,
            call.operation,
            call.outcome
        );
        rows.entry(id).and_modify(|(newest, times)| (*newest, *times) = (call, *times + 1)).or_insert((call, 1));
    }
    let mut transaction = database.writer().begin().await?;
    for (id, (denied, times)) in &rows {
        let DeniedCall { actor, operation, outcome, request_id, at_ms } = denied;
        let call = Call { actor, operation, request_id, at_ms: *at_ms, reason: None };
        audit_entry::count(&mut transaction, id, &call, outcome, *times).await?;
    }
    activity::record_refusals(&mut transaction, calls).await?;
    Ok(transaction.commit().await?)
}
