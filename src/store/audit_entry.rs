//! Inserts entries into the audit log. The callers decide which call an entry describes.

use crate::actor::Actor;
use crate::db::{Connection, StoreError};
use domain::operation::ChangeView;

/// The statement that inserts an entry, without its conflict clause.
macro_rules! insert {
    () => {
        "insert into audit \
           (id, organization_id, at, user_id, session_id, operation, outcome, subject, changed_from, changed_to, \
            request_id, times, impersonator_id, reason, reason_about) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) "
    };
}

/// The call that an entry describes.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) actor: &'a Actor,
    /// Name of the operation.
    pub(super) operation: &'a str,
    pub(super) request_id: &'a str,
    /// When the request arrived, Unix milliseconds.
    pub(super) at_ms: i64,
    /// Why, as the actor wrote it.
    pub(super) reason: Option<&'a str>,
    /// The user whom the reason is about, where the subject is a session.
    pub(super) reason_about: Option<&'a str>,
}

/// Adds an entry, unless one with this id exists.
pub(super) async fn insert_once(
    connection: &mut Connection,
    id: &str,
    call: &Call<'_>,
    outcome: &str,
    change: Option<&ChangeView>,
) -> Result<(), StoreError> {
    let query = sqlx::query(concat!(insert!(), "on conflict (id) do nothing"));
    bind(query, id, call, outcome, change, 1).execute(connection).await?;
    Ok(())
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

/// Adds an entry of as many equal calls, or raises the number of an entry with this id.
pub(super) async fn count(
    connection: &mut Connection,
    id: &str,
    call: &Call<'_>,
    outcome: &str,
    times: i64,
) -> Result<(), StoreError> {
    let query = sqlx::query(concat!(
        insert!(),
        "on conflict (id) do update set times = audit.times + excluded.times, at = excluded.at"
    ));
    bind(query, id, call, outcome, None, times).execute(connection).await?;
    Ok(())
}

/// Binds the parameters of `insert!()`.
fn bind<'q>(
    query: Query<'q>,
    id: &'q str,
    call: &Call<'q>,
    outcome: &'q str,
    change: Option<&'q ChangeView>,
    times: i64,
) -> Query<'q> {
    query
        .bind(id)
        .bind(call.actor.organization.as_str())
        .bind(call.at_ms)
        .bind(call.actor.user.as_str())
        .bind(call.actor.session.as_str())
        .bind(call.operation)
        .bind(outcome)
        .bind(change.map(|change| change.subject.as_str()))
        .bind(change.map(|change| change.from.as_str()))
        .bind(change.map(|change| change.to.as_str()))
        .bind(call.request_id)
        .bind(times)
        .bind(call.actor.impersonator.as_deref())
        .bind(call.reason)
        .bind(call.reason_about)
}
