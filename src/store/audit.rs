//! Writes and reads the audit log. An entry is written in the transaction of the change that it
//! describes, so neither is stored without the other. Entries are read newest first.

use super::activity;
use super::audit_entry::{self, Call};
use super::audit_filter::{self, Filter, Row};
use super::audit_statements::ONE_ENTRY;
use super::page::{PAGE, Slice, count, decoded_id, encoded_id, read_page_until};
use crate::access::Granted;
use crate::db::Connection;
use crate::db::{Database, StoreError};
use crate::denial_log::DeniedCall;
use crate::random::Token;
use domain::operation::{
    AuditEntryDetailsView, AuditEntryView, AuditFilter, AuditPageView, ChangeView, ListAudit, Operation, SearchedView,
    ShowAuditEntry,
};
use domain::page_view::PageView;
use domain::text::{shown, shown_or};
use std::collections::BTreeMap;

impl From<Row> for AuditEntryView {
    fn from(row: Row) -> Self {
        let text = |text: Option<String>| shown_or(text.as_deref(), "");
        let (from, to) = (text(row.changed_from), text(row.changed_to));
        Self {
            id: encoded_id(&row.id),
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

/// Reads one page of the organization's entries that match the filter, newest first.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn list(grant: &Granted<ListAudit>) -> Result<AuditPageView, StoreError> {
    let filter = Filter::of(&grant.input().filter());
    let (database, organization) = (grant.database(), grant.actor().organization.as_str());
    let read = |slice| audit_filter::read(database, organization, &filter, slice, PAGE + 1);
    let (page, stop) = read_page_until(&grant.input().page, read).await?;
    let PageView { rows, previous, next } = page.map(Into::into);
    let searched = stop.map(|(to_ms, page)| SearchedView { to_ms, page });
    Ok(AuditPageView { rows, previous, next, searched })
}

/// Reads one entry of the organization.
///
/// # Errors
/// [`StoreError::NotFound`] for an entry of another organization, or the database.
pub async fn show(grant: &Granted<ShowAuditEntry>) -> Result<AuditEntryDetailsView, StoreError> {
    let id = decoded_id(&grant.input().entry_id).ok_or(StoreError::NotFound)?;
    let row: Option<Row> = sqlx::query_as(ONE_ENTRY)
        .bind(grant.actor().organization.as_str())
        .bind(id)
        .fetch_optional(grant.database().reader())
        .await?;
    let row = row.ok_or(StoreError::NotFound)?;
    let (user_id, impersonator_id) = (row.user_id.clone(), row.impersonator_id.clone());
    let (session_id, request_id) = (row.session_id.clone(), row.request_id.clone());
    let address = row.subject.clone().filter(|subject| subject.contains('@'));
    let concerned = row.subject_user_id.clone().or(address);
    Ok(AuditEntryDetailsView { entry: row.into(), user_id, impersonator_id, concerned, session_id, request_id })
}

/// Reads the newest entries of the grant's organization.
pub(super) async fn latest<Op: Operation>(grant: &Granted<Op>, number: i64) -> Result<Vec<AuditEntryView>, StoreError> {
    let (database, organization) = (grant.database(), grant.actor().organization.as_str());
    let filter = Filter::of(&AuditFilter::default());
    let found = audit_filter::read(database, organization, &filter, Slice::first(), number).await?;
    Ok(found.rows.into_iter().map(Into::into).collect())
}

/// Adds the entry of a completed operation. `connection` belongs to the transaction that makes the
/// change.
pub(super) async fn record<Op: Operation>(
    grant: &Granted<Op>,
    connection: &mut Connection,
    change: &ChangeView,
) -> Result<(), StoreError> {
    let (actor, operation, request_id) = (grant.actor(), Op::DECLARATION.name, grant.request_id());
    let call = Call { actor, operation, request_id, at_ms: grant.now_ms(), reason: grant.reason(), reason_about: None };
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
        let call = Call { actor, operation, request_id, at_ms: *at_ms, reason: None, reason_about: None };
        audit_entry::count(&mut transaction, id, &call, outcome, *times).await?;
    }
    activity::record_refusals(&mut transaction, calls).await?;
    Ok(transaction.commit().await?)
}
