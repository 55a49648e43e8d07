//! Takes expired sessions out of the counts of organizations, in small transactions.
//!
//! Clerk sends no event when a session expires. The dashboard subtracts the sessions that are
//! expired and not marked yet, so it is exact at any time, and this job keeps their number small. A
//! clock that was ahead for a while has marked sessions that still run; the job puts them back.

use super::counts::{Counted, CountedUsers};
use crate::db::{Database, StoreError};

/// The sessions of one transaction.
const BATCH: i64 = 200;

/// A change of the mark. An event may have ended or extended a session since it was found, so both
/// statements compare.
struct Mark {
    find: &'static str,
    set: &'static str,
}

const EXPIRED: Mark = Mark {
    find: "select id, user_id from sessions where status = 'active' and expired = 0 and expires_at <= $1 \
           order by expires_at limit $2",
    set: "update sessions set expired = 1 where id = $1 and status = 'active' and expired = 0 and expires_at <= $2",
};
const STILL_RUNNING: Mark = Mark {
    find: "select id, user_id from sessions where status = 'active' and expired = 1 and expires_at > $1 \
           order by expires_at limit $2",
    set: "update sessions set expired = 0 where id = $1 and status = 'active' and expired = 1 and expires_at > $2",
};

/// Marks the sessions that have expired at `now_ms` (Unix milliseconds), and only those. Returns
/// the number of marks that changed.
///
/// # Errors
/// The database does not answer or refuses a statement. Earlier batches stay marked.
pub(crate) async fn mark_expired(database: &Database, now_ms: i64) -> Result<u64, StoreError> {
    Ok(change(database, &EXPIRED, now_ms).await? + change(database, &STILL_RUNNING, now_ms).await?)
}

async fn change(database: &Database, mark: &Mark, now_ms: i64) -> Result<u64, StoreError> {
    let mut marked = 0;
    loop {
        let found: Vec<(String, String)> =
            sqlx::query_as(mark.find).bind(now_ms).bind(BATCH).fetch_all(database.reader()).await?;
        if found.is_empty() {
            return Ok(marked);
        }
        let mut transaction = database.writer().begin().await?;
        let ended = found.iter().map(|(session, user)| Counted { user, session: Some(session) });
        let users = CountedUsers::lock(&mut transaction, ended).await?;
        let mut rows = 0;
        for (session, _) in &found {
            let set = sqlx::query(mark.set).bind(session).bind(now_ms);
            rows += set.execute(&mut *transaction).await?.rows_affected();
        }
        users.store_changes(&mut transaction).await?;
        transaction.commit().await?;
        marked += rows;
        // Another server marks the same sessions.
        if rows == 0 {
            return Ok(marked);
        }
    }
}
