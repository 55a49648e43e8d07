//! Stores when each session was first and last seen, and which rule of this application ended it.
//! These functions take no grant: the gate calls them before a visitor is known.

use super::audit_entry::{self, Call};
use super::locks::lock_user;
use crate::actor::Actor;
use crate::db::Connection;
use crate::db::{Database, StoreError};
use crate::lifetimes::rule::Facts;
use clerk::backend_api::CommandRecord;
use domain::ids::{SessionId, UserId};
use domain::sign_out_reason::SignOutReason;

/// Smaller values of `created_at` are ignored: 100,000,000,000 ms is in 1973, so such a value is in
/// another unit and must not sign a user out.
const EARLIEST_PLAUSIBLE_MS: i64 = 100_000_000_000;

/// A replaced session is revoked at Clerk on its next request, and after 24 hours at the latest.
/// The browser shows the reason only while Clerk still renews its token, so an earlier revocation
/// would hide it.
const REPORT_DELAY_MS: i64 = 86_400_000;

/// A failed report to Clerk is repeated after 60 seconds, by any server.
const RETRY_MS: i64 = 60_000;

/// Selects the columns of [`Row`]. The first use is the earlier of the local time and the
/// `created_at` of Clerk's webhook.
macro_rules! select_where {
    ($condition:literal) => {
        concat!(
            "select l.session_id, \
               case when s.created_at >= $2 and s.created_at < l.first_seen_at then s.created_at \
               else l.first_seen_at end, \
               l.last_seen_at, l.ended_by from session_lifetimes l left join sessions s on s.id = l.session_id where ",
            $condition
        )
    };
}

const READ: &str = select_where!("l.session_id = $1");
const READ_OF_PERSON: &str = select_where!("l.person = $1 and (l.ended_by is null or l.first_seen_at >= $3)");

type Row = (String, i64, i64, Option<String>);

fn facts((_, first_seen_ms, last_seen_ms, ended_by): &Row) -> Facts {
    // A newer version may store a code that this version does not know. The session has ended in
    // any case.
    let ended = ended_by.as_deref().map(|code| SignOutReason::from_code(code).unwrap_or(SignOutReason::SessionTooOld));
    Facts { first_seen_ms: *first_seen_ms, last_seen_ms: *last_seen_ms, ended }
}

/// The data of a session that this process sees for the first time.
pub(crate) struct NewSession<'a> {
    pub(crate) session: &'a SessionId,
    pub(crate) user: &'a UserId,
    /// Key that groups sessions for the single-session rule: the user, or the impersonator with the
    /// user.
    pub(crate) person: &'a str,
    /// Unix milliseconds.
    pub(crate) now_ms: i64,
    /// Whether only the newest session of the person stays active (`SESSION_SINGLE`).
    pub(crate) single: bool,
}

/// The stored facts of a session, and the sessions that it has just replaced.
pub(crate) struct FirstUse {
    pub(crate) facts: Facts,
    pub(crate) replaced: Vec<SessionId>,
}

/// Reads the stored facts of a session; `None` if the session is new.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn find(database: &Database, session: &SessionId) -> Result<Option<Facts>, StoreError> {
    let row = sqlx::query_as(READ)
        .bind(session.as_str())
        .bind(EARLIEST_PLAUSIBLE_MS)
        .fetch_optional(database.reader())
        .await?;
    Ok(row.as_ref().map(facts))
}

/// Stores a new session. With [`NewSession::single`] it also ends the older sessions of the person.
///
/// # Errors
/// The database does not answer or refuses a statement; nothing is stored then.
pub(crate) async fn record_first_use(database: &Database, new: &NewSession<'_>) -> Result<FirstUse, StoreError> {
    let NewSession { session, now_ms, .. } = *new;
    let mut transaction = database.writer().begin().await?;
    if new.single {
        // The lock orders two servers that see two new sessions of one person at the same time;
        // without it each would keep its own.
        lock_user(&mut transaction, new.user.as_str()).await?;
    }
    sqlx::query(
        "insert into session_lifetimes (session_id, person, first_seen_at, last_seen_at) values ($1, $2, $3, $3) \
         on conflict (session_id) do nothing",
    )
    .bind(session.as_str())
    .bind(new.person)
    .bind(now_ms)
    .execute(&mut *transaction)
    .await?;
    let row: Row =
        sqlx::query_as(READ).bind(session.as_str()).bind(EARLIEST_PLAUSIBLE_MS).fetch_one(&mut *transaction).await?;
    let mut first_use = FirstUse { facts: facts(&row), replaced: Vec::new() };
    if new.single && first_use.facts.ended.is_none() {
        for older in older_sessions(&mut transaction, new, &row).await? {
            if older == session.as_str() {
                first_use.facts.ended = Some(SignOutReason::SessionReplaced);
            }
            replace(&mut transaction, &older, now_ms).await?;
            first_use.replaced.extend(SessionId::parse(&older));
        }
    }
    transaction.commit().await?;
    Ok(first_use)
}

/// The sessions of the person that no rule has ended and that are not the newest.
async fn older_sessions(
    connection: &mut Connection,
    new: &NewSession<'_>,
    own: &Row,
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(READ_OF_PERSON)
        .bind(new.person)
        .bind(EARLIEST_PLAUSIBLE_MS)
        .bind(own.1)
        .fetch_all(connection)
        .await?;
    let newest = rows.iter().map(|row| (row.1, row.0.as_str())).max();
    let is_newest = |row: &Row| Some(row.0.as_str()) == newest.map(|(_, id)| id);
    Ok(rows.iter().filter(|row| row.3.is_none() && !is_newest(row)).map(|row| row.0.clone()).collect())
}

async fn replace(connection: &mut Connection, session: &str, now_ms: i64) -> Result<(), StoreError> {
    sqlx::query(
        "update session_lifetimes set ended_by = $2, ended_at = $3, tell_clerk_at = $4 \
         where session_id = $1 and ended_by is null",
    )
    .bind(session)
    .bind(SignOutReason::SessionReplaced.code())
    .bind(now_ms)
    .bind(now_ms.saturating_add(REPORT_DELAY_MS))
    .execute(connection)
    .await?;
    Ok(())
}

/// Stores the activity of sessions in one transaction. The row may hold a later activity from
/// another server, which wins. A stored time later than `now_ms` comes from a clock that has since
/// been set back, so it is overwritten.
///
/// # Errors
/// The database does not answer or refuses a statement; nothing is stored then.
pub(crate) async fn write(database: &Database, activity: &[(SessionId, Facts)], now_ms: i64) -> Result<(), StoreError> {
    // Two servers that store the same sessions in different orders would wait for each other.
    let mut in_order: Vec<_> = activity.iter().collect();
    in_order.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
    let mut transaction = database.writer().begin().await?;
    for (session, facts) in in_order {
        sqlx::query(
            "update session_lifetimes set first_seen_at = case when first_seen_at < $2 then first_seen_at else $2 end, \
               last_seen_at = case when last_seen_at > $3 and last_seen_at <= $4 then last_seen_at else $3 end \
             where session_id = $1",
        )
        .bind(session.as_str())
        .bind(facts.first_seen_ms)
        .bind(facts.last_seen_ms)
        .bind(now_ms)
        .execute(&mut *transaction)
        .await?;
    }
    Ok(transaction.commit().await?)
}

/// The end of a session by a rule, detected on a request.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub(crate) session: SessionId,
    pub(crate) rule: SignOutReason,
    /// The caller, if an organization is active: each audit entry belongs to an organization.
    pub(crate) actor: Option<Actor>,
    pub(crate) request_id: String,
    /// Unix milliseconds.
    pub(crate) at_ms: i64,
}

/// Stores the end of a session with its audit entry, and schedules the report to Clerk for now.
/// Several servers may detect the same end; the entry and the report happen once.
///
/// # Errors
/// The database does not answer or refuses a statement; nothing is stored then.
pub(crate) async fn end(database: &Database, end: &End) -> Result<(), StoreError> {
    let mut transaction = database.writer().begin().await?;
    let row: Option<(String, i64)> = sqlx::query_as(
        "update session_lifetimes set ended_by = coalesce(ended_by, $2), ended_at = coalesce(ended_at, $3), \
           tell_clerk_at = case when ended_by is null or tell_clerk_at > $4 then $3 else tell_clerk_at end \
         where session_id = $1 returning ended_by, ended_at",
    )
    .bind(end.session.as_str())
    .bind(end.rule.code())
    .bind(end.at_ms)
    // An earlier time means that a server has already claimed the report.
    .bind(end.at_ms.saturating_add(RETRY_MS))
    .fetch_optional(&mut *transaction)
    .await?;
    if let (Some((rule, ended_at)), Some(actor)) = (row, &end.actor) {
        record(&mut transaction, end, actor, &rule, ended_at).await?;
    }
    Ok(transaction.commit().await?)
}

/// The id contains the session, so a second server does not add a second row.
async fn record(
    connection: &mut Connection,
    end: &End,
    actor: &Actor,
    rule: &str,
    ended_at: i64,
) -> Result<(), StoreError> {
    let id = format!("{ended_at:013x} end_session {}", end.session);
    let call = Call {
        actor,
        operation: "end_session",
        request_id: &end.request_id,
        at_ms: end.at_ms,
        reason: None,
        reason_about: None,
    };
    audit_entry::insert_once(connection, &id, &call, rule, None).await
}

/// Reads the sessions that any server ended at or after `since_ms` (Unix milliseconds).
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn ended_since(
    database: &Database,
    since_ms: i64,
) -> Result<Vec<(SessionId, SignOutReason)>, StoreError> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("select session_id, ended_by from session_lifetimes where ended_at >= $1")
            .bind(since_ms)
            .fetch_all(database.reader())
            .await?;
    let read = |(id, code): (String, String)| Some((SessionId::parse(&id).ok()?, SignOutReason::from_code(&code)?));
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Reads up to 20 sessions whose end is due to be reported to Clerk at `now_ms` (Unix
/// milliseconds).
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn unreported(database: &Database, now_ms: i64) -> Result<Vec<SessionId>, StoreError> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "select session_id from session_lifetimes where tell_clerk_at is not null and tell_clerk_at <= $1 \
         order by tell_clerk_at limit 20",
    )
    .bind(now_ms)
    .fetch_all(database.reader())
    .await?;
    Ok(rows.into_iter().filter_map(|(id,)| SessionId::parse(&id).ok()).collect())
}

/// The proof that the report of an ended session is on record, for this server.
pub(crate) struct Claim(());

impl CommandRecord for Claim {}

/// Claims the report of an ended session for this server; `None` if another server has it. The
/// other servers wait 60 seconds and then try themselves, in case this server stops first.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn claim(database: &Database, session: &SessionId, now_ms: i64) -> Result<Option<Claim>, StoreError> {
    let claim =
        sqlx::query("update session_lifetimes set tell_clerk_at = $3 where session_id = $1 and tell_clerk_at <= $2")
            .bind(session.as_str())
            .bind(now_ms)
            .bind(now_ms.saturating_add(RETRY_MS));
    Ok((database.writer().execute(claim).await?.rows_affected() == 1).then_some(Claim(())))
}

/// Marks the end of a session as reported to Clerk.
///
/// # Errors
/// The database does not answer or refuses the statement. The end is reported once more then, which
/// is harmless.
pub(crate) async fn mark_reported(database: &Database, session: &SessionId) -> Result<(), StoreError> {
    let reported =
        sqlx::query("update session_lifetimes set tell_clerk_at = null where session_id = $1").bind(session.as_str());
    database.writer().execute(reported).await?;
    Ok(())
}
