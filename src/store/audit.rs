//! Writes and reads the audit log. An entry is written in the transaction of the change that it
//! describes, so neither is stored without the other. Entries are read newest first.

use super::page::{PAGE, Page, count, page};
use crate::access::Granted;
use crate::db::Connection;
use crate::db::{Database, StoreError};
use crate::denial_log::DeniedCall;
use crate::headers::Nonce;
use domain::operation::{ListAudit, Operation};
use sqlx::FromRow;
use std::collections::BTreeMap;

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Unix milliseconds.
    pub at_ms: i64,
    /// Name of the user who acted; the email address or the user id where no name is known.
    pub actor: String,
    /// Name of the user who impersonated the actor; the email address or the user id where no name
    /// is known. `None` without impersonation.
    pub impersonator: Option<String>,
    /// Name of the operation, as its declaration states it.
    pub operation: String,
    /// `done`, the code of the refusal, or the code of the rule that ended the session.
    pub outcome: String,
    /// How many equal refusals happened within the same minute; 1 for all other entries.
    pub times: u32,
    /// The value that changed; `None` for refusals and ended sessions.
    pub change: Option<Change>,
}

/// A value before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Id, email address or kind of the changed object.
    pub subject: String,
    /// The value before the change.
    pub from: String,
    /// The value after the change.
    pub to: String,
}

#[derive(FromRow)]
pub(super) struct Row {
    at: i64,
    actor: String,
    impersonator: Option<String>,
    operation: String,
    outcome: String,
    times: i64,
    subject: Option<String>,
    changed_from: Option<String>,
    changed_to: Option<String>,
}

impl From<Row> for AuditEntry {
    fn from(row: Row) -> Self {
        let change = row.subject.map(|subject| Change {
            subject,
            from: row.changed_from.unwrap_or_default(),
            to: row.changed_to.unwrap_or_default(),
        });
        Self {
            at_ms: row.at,
            actor: row.actor,
            impersonator: row.impersonator,
            operation: row.operation,
            outcome: row.outcome,
            times: count(row.times),
            change,
        }
    }
}

/// Reads one page of the organization's entries, newest first.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub async fn list(grant: &Granted<ListAudit>) -> Result<Page<AuditEntry>, StoreError> {
    let rows = read(grant, PAGE + 1, i64::from(grant.input().page) * PAGE).await?;
    Ok(page(rows))
}

/// Reads entries of the grant's organization, newest first.
pub(super) async fn read<Op: Operation>(
    grant: &Granted<Op>,
    limit: i64,
    offset: i64,
) -> Result<Vec<AuditEntry>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select a.at, coalesce(u.name, u.email, a.user_id) as actor, coalesce(i.name, i.email, a.impersonator_id) as impersonator, a.operation, a.outcome, a.times, a.subject, a.changed_from, a.changed_to \
         from audit a left join users u on u.id = a.user_id left join users i on i.id = a.impersonator_id \
         where a.organization_id = $1 order by a.at desc, a.id desc limit $2 offset $3",
    )
    .bind(grant.actor().organization.as_str())
    .bind(limit)
    .bind(offset)
    .fetch_all(grant.database().reader())
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Adds the entry of a completed operation. `connection` belongs to the transaction that makes the
/// change.
pub(super) async fn record<Op: Operation>(
    grant: &Granted<Op>,
    connection: &mut Connection,
    change: &Change,
) -> Result<(), StoreError> {
    let id = format!("{:013x}-{}", grant.now_ms(), Nonce::random().as_str());
    sqlx::query(INSERT)
        .bind(id)
        .bind(grant.actor().organization.as_str())
        .bind(grant.now_ms())
        .bind(grant.actor().user.as_str())
        .bind(grant.actor().session.as_str())
        .bind(Op::DECLARATION.name)
        .bind("done")
        .bind(Some(change.subject.as_str()))
        .bind(Some(change.from.as_str()))
        .bind(Some(change.to.as_str()))
        .bind(grant.request_id())
        .bind(1_i64)
        .bind(grant.actor().impersonator.as_deref())
        .execute(connection)
        .await?;
    Ok(())
}

const INSERT: &str = "insert into audit \
     (id, organization_id, at, user_id, session_id, operation, outcome, subject, changed_from, changed_to, request_id, times, impersonator_id) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
     on conflict (id) do update set times = audit.times + excluded.times, at = excluded.at";

/// Adds denied calls in one transaction. Equal calls within one minute become one row with a count,
/// so a flood of refusals cannot fill the table.
pub(crate) async fn record_refusals(store: &Database, calls: &[DeniedCall]) -> Result<(), StoreError> {
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
    let mut transaction = store.writer().begin().await?;
    for (id, (call, times)) in rows {
        sqlx::query(INSERT)
            .bind(id)
            .bind(call.actor.organization.as_str())
            .bind(call.at_ms)
            .bind(call.actor.user.as_str())
            .bind(call.actor.session.as_str())
            .bind(call.operation)
            .bind(call.outcome)
            .bind(None::<&str>)
            .bind(None::<&str>)
            .bind(None::<&str>)
            .bind(call.request_id.as_str())
            .bind(times)
            .bind(call.actor.impersonator.as_deref())
            .execute(&mut *transaction)
            .await?;
    }
    Ok(transaction.commit().await?)
}
