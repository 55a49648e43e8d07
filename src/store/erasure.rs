//! Erases the personal data of a deleted user from the rows that belong to no object of the mirror.
//!
//! `tombstones` erases the user's own rows. The rows of the audit log keep ids; only reasons about
//! the user are erased.

use crate::db::{Connection, StoreError};

/// The number of rows of a table from which data of a person was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErasedRows {
    /// Name of the table.
    pub table: &'static str,
    /// Number of rows.
    pub rows: u64,
}

/// The address in invitations to that person.
const ADDRESS: &str = "update invitations set email = null where email is not null and lower(email) = lower($1)";

/// Reasons of changes to that user or invitation. They may name the person; the entries stay.
const REASONS: &str = "update audit set reason = null where subject = $1 and reason is not null";
/// Reasons of changes to sessions of that user.
const REASONS_ABOUT: &str =
    "update audit set reason = null, reason_about = null where reason_about = $1 and reason_about is not null";

/// Payloads of events about the user.
const PAYLOADS: &str = "update webhook_inbox set payload = '' where user_id = $1 and payload <> ''";

/// Payloads that mention the user or the address, of events without a known user.
const MENTIONS: &str = "update webhook_inbox set payload = '' \
     where user_id is null and payload <> '' and lower(payload) like lower($1) escape '!'";

/// The filters of the audit log that the user kept.
const VIEWS: &str = "delete from audit_views where user_id = $1";

/// The key that groups the sessions of a person.
const PERSON: &str = "update session_lifetimes set person = '' where person = $1";
/// The same key in sessions in which another user acted as the person.
const PERSON_ACTED_AS: &str = "update session_lifetimes set person = '' \
     where person <> '' and session_id in (select id from sessions where user_id = $1)";

/// Erases what other tables store about the user `id` with the address `email`.
pub(super) async fn erase_mentions(
    connection: &mut Connection,
    id: &str,
    email: Option<&str>,
) -> Result<[ErasedRows; 5], StoreError> {
    let mut invitations = 0;
    let mut payloads = run(connection, PAYLOADS, id).await? + run(connection, MENTIONS, &contains(id)).await?;
    let mut reasons = run(connection, REASONS, id).await? + run(connection, REASONS_ABOUT, id).await?;
    if let Some(email) = email {
        reasons += run(connection, REASONS, email).await?;
        invitations = run(connection, ADDRESS, email).await?;
        payloads += run(connection, MENTIONS, &contains(email)).await?;
    }
    let persons = run(connection, PERSON, id).await? + run(connection, PERSON_ACTED_AS, id).await?;
    Ok([
        ErasedRows { table: "invitations", rows: invitations },
        ErasedRows { table: "webhook_inbox", rows: payloads },
        ErasedRows { table: "session_lifetimes", rows: persons },
        ErasedRows { table: "audit", rows: reasons },
        ErasedRows { table: "audit_views", rows: run(connection, VIEWS, id).await? },
    ])
}

async fn run(connection: &mut Connection, statement: &'static str, value: &str) -> Result<u64, StoreError> {
    Ok(sqlx::query(statement).bind(value).execute(connection).await?.rows_affected())
}

/// The `like` pattern for a text in a JSON value.
fn contains(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let inner = quoted.trim_matches('"').replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{inner}%")
}
