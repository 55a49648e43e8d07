//! Everything that the database stores about one person: erased on request, or exported.
//!
//! docs/personal-data.md lists the columns. A test compares that list with the schema.

use super::erasure::ErasedRows;
use super::tombstones;
use crate::db::{Database, StoreError};
use domain::ids::UserId;
use serde_json::{Map, Value};
use sqlx::any::AnyRow;
use sqlx::{Column as _, Row as _};

/// Erases a user as the event `user.deleted` does, and returns the numbers of rows.
///
/// # Errors
/// The database does not answer or refuses a statement; nothing is erased then.
pub(crate) async fn erase(database: &Database, user: &UserId, now_ms: i64) -> Result<Vec<ErasedRows>, StoreError> {
    let mut transaction = database.writer().begin().await?;
    let erased = tombstones::delete_user(&mut transaction, user.as_str(), now_ms).await?;
    transaction.commit().await?;
    Ok(erased)
}

/// Where rows about a person are: the table, and the rows of the user `$1`.
const ROWS: [(&str, &str); 9] = [
    ("users", "select id, name, email, banned, locked, updated_at, deleted_at from users where id = $1"),
    (
        "memberships",
        "select id, organization_id, user_id, role, updated_at, deleted_at from memberships where user_id = $1 \
         order by id",
    ),
    (
        "sessions",
        "select id, user_id, status, client, created_at, expires_at, updated_at, expired from sessions \
         where user_id = $1 order by created_at, id",
    ),
    (
        "session_lifetimes",
        "select session_id, person, first_seen_at, last_seen_at, ended_by, ended_at, tell_clerk_at \
         from session_lifetimes where person = $1 or session_id in (select id from sessions where user_id = $1) \
         order by first_seen_at, session_id",
    ),
    (
        "invitations",
        "select id, organization_id, email, role, status, created_at, expires_at, updated_at from invitations \
         where email is not null and lower(email) = (select lower(email) from users where id = $1) \
         order by created_at, id",
    ),
    (
        "webhook_inbox",
        "select svix_id, type, payload, received_at, outcome, event_at, deliveries from webhook_inbox \
         where user_id = $1 order by received_at, svix_id",
    ),
    (
        "audit",
        "select id, organization_id, at, user_id, session_id, operation, outcome, subject, changed_from, changed_to, \
           request_id, times, impersonator_id, reason, reason_about from audit \
         where user_id = $1 or impersonator_id = $1 or subject = $1 or reason_about = $1 \
           or subject in (select id from sessions where user_id = $1) \
           or lower(subject) = (select lower(email) from users where id = $1) order by at, id",
    ),
    (
        "audit_views",
        "select id, organization_id, user_id, name, filter, created_at from audit_views where user_id = $1 \
         order by created_at, id",
    ),
    (
        "command_intents",
        "select id, organization_id, user_id, session_id, impersonator_id, request_id, operation, change, subject, \
           changed_from, begun_at, reason from command_intents \
         where user_id = $1 or impersonator_id = $1 or subject = $1 \
           or subject in (select id from sessions where user_id = $1) \
           or lower(subject) = (select lower(email) from users where id = $1) order by begun_at, id",
    ),
];

/// The rows about a user, by table.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(crate) async fn rows(database: &Database, user: &UserId) -> Result<Map<String, Value>, StoreError> {
    let mut tables = Map::new();
    for (table, statement) in ROWS {
        let rows = sqlx::query(statement).bind(user.as_str()).fetch_all(database.reader()).await?;
        let objects: Result<Vec<_>, _> = rows.iter().map(object).collect();
        tables.insert(table.to_owned(), Value::Array(objects?));
    }
    Ok(tables)
}

/// A row as an object: numbers and texts by the name of their column.
fn object(row: &AnyRow) -> Result<Value, sqlx::Error> {
    let mut object = Map::new();
    for column in row.columns() {
        let value = match row.try_get::<Option<i64>, _>(column.ordinal()) {
            Ok(number) => Value::from(number),
            Err(_) => text(column.name(), row.try_get(column.ordinal())?),
        };
        object.insert(column.name().to_owned(), value);
    }
    Ok(Value::Object(object))
}

/// Payloads and changes are JSON themselves.
fn text(column: &str, text: Option<String>) -> Value {
    let parsed = |text: &String| serde_json::from_str(text).ok();
    match (column, &text) {
        ("payload" | "change", Some(json)) => parsed(json).unwrap_or_else(|| Value::from(text)),
        _ => Value::from(text),
    }
}
