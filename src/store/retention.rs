//! Deletes rows after their time, in small transactions.
//!
//! The rows are looked up through the reading connections, and each transaction deletes at most 200
//! of them by their keys. So the one writer of SQLite is never held for a search of a large table.

use crate::db::{Database, StoreError};

/// The rows of one transaction.
const BATCH: i64 = 200;

/// Rows that go after some time: the statement that finds the ids of some, and the statements that
/// delete the row of one id.
pub(crate) struct Expired {
    /// Parameters: the time before which a row is too old, and the number of rows.
    find: &'static str,
    /// Parameters: the id, and the same time.
    delete: &'static [&'static str],
}

/// Payloads of webhooks. The ids stay.
pub(crate) const PAYLOADS: Expired = Expired {
    find: "select svix_id from webhook_inbox where payload <> '' and received_at < $1 order by received_at limit $2",
    delete: &["update webhook_inbox set payload = '' where svix_id = $1 and received_at < $2"],
};

/// Payloads about users who were deleted in the moment in which the event arrived.
pub(crate) const PAYLOADS_OF_DELETED: Expired = Expired {
    find: "select i.svix_id from webhook_inbox i join users u on u.id = i.user_id \
           where i.payload <> '' and u.deleted_at is not null and i.received_at < $1 limit $2",
    delete: &["update webhook_inbox set payload = '' where svix_id = $1 and received_at < $2"],
};

/// Ids of webhooks.
pub(crate) const WEBHOOKS: Expired = Expired {
    find: "select svix_id from webhook_inbox where received_at < $1 order by received_at limit $2",
    delete: &["delete from webhook_inbox where svix_id = $1 and received_at < $2"],
};

/// Sessions that have ended, with their lifetimes. The end of a user sets `updated_at` to 0, so the
/// time of creation counts too.
pub(crate) const ENDED_SESSIONS: Expired = Expired {
    find: "select id from sessions where status not in ('active', 'pending') and updated_at < $1 and created_at < $1 \
           order by updated_at limit $2",
    delete: &[
        "delete from session_lifetimes where session_id = $1 and (tell_clerk_at is null or tell_clerk_at < $2)",
        "delete from sessions where id = $1 and status not in ('active', 'pending') \
         and updated_at < $2 and created_at < $2",
    ],
};

/// Sessions that have expired, with their lifetimes. Clerk sends no event for that. A session that
/// counts stays until `session_expiry` marks it.
pub(crate) const EXPIRED_SESSIONS: Expired = Expired {
    find: "select id from sessions where expires_at < $1 and updated_at < $1 \
           and (status <> 'active' or expired = 1) order by expires_at limit $2",
    delete: &[
        "delete from session_lifetimes where session_id = $1 and (tell_clerk_at is null or tell_clerk_at < $2)",
        "delete from sessions where id = $1 and expires_at < $2 and updated_at < $2 \
         and (status <> 'active' or expired = 1)",
    ],
};

/// Lifetimes of sessions that a rule has ended, once Clerk knows.
pub(crate) const ENDED_LIFETIMES: Expired = Expired {
    find: "select session_id from session_lifetimes where ended_at < $1 and tell_clerk_at is null \
           order by ended_at limit $2",
    delete: &["delete from session_lifetimes where session_id = $1 and tell_clerk_at is null and ended_at < $2"],
};

/// Lifetimes of sessions that Clerk never told about, as where it sends no events about sessions.
pub(crate) const UNUSED_LIFETIMES: Expired = Expired {
    find: "select l.session_id from session_lifetimes l where l.ended_at is null and l.last_seen_at < $1 \
           and not exists (select 1 from sessions s where s.id = l.session_id) order by l.last_seen_at limit $2",
    delete: &["delete from session_lifetimes where session_id = $1 and ended_at is null and last_seen_at < $2"],
};

/// Entries of the audit log.
pub(crate) const AUDIT: Expired = Expired {
    find: "select id from audit where at < $1 order by at limit $2",
    delete: &["delete from audit where id = $1 and at < $2"],
};

/// Deletes the rows that are older than `before_ms` (Unix milliseconds), and returns their number.
///
/// # Errors
/// The database does not answer or refuses a statement. Earlier batches stay deleted.
pub(crate) async fn delete_expired(database: &Database, expired: &Expired, before_ms: i64) -> Result<u64, StoreError> {
    let mut deleted = 0;
    loop {
        let found = sqlx::query_as(expired.find).bind(before_ms).bind(BATCH);
        let ids: Vec<(String,)> = found.fetch_all(database.reader()).await?;
        if ids.is_empty() {
            return Ok(deleted);
        }
        let done = delete_batch(database, expired, &ids, before_ms).await?;
        deleted += done;
        // Another server may have deleted these rows, or a row has changed since it was found.
        if done == 0 {
            return Ok(deleted);
        }
    }
}

async fn delete_batch(
    database: &Database,
    expired: &Expired,
    ids: &[(String,)],
    before_ms: i64,
) -> Result<u64, StoreError> {
    let mut transaction = database.writer().begin().await?;
    let mut deleted = 0;
    for (id,) in ids {
        let mut rows = 0;
        for statement in expired.delete {
            let query = sqlx::query(*statement).bind(id.as_str()).bind(before_ms);
            rows = query.execute(&mut *transaction).await?.rows_affected();
        }
        deleted += rows;
    }
    transaction.commit().await?;
    Ok(deleted)
}
