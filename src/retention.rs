//! How long rows are kept, and the deletion of what is older.
//!
//! The daily job `prune` and the command of the same name call it. The statements are in
//! [`crate::store`].

use crate::db::{Database, StoreError};
use crate::store::activity;
use crate::store::retention::{
    AUDIT, ENDED_LIFETIMES, ENDED_SESSIONS, EXPIRED_SESSIONS, PAYLOADS, PAYLOADS_OF_DELETED, UNUSED_LIFETIMES,
    WEBHOOKS, delete_expired,
};
use crate::store::session_expiry::mark_expired;
use std::fmt;

const DAY_MS: i64 = 86_400_000;

/// The ids of webhooks recognize a repeated delivery. Clerk repeats a delivery for some days only,
/// and a recorded one is refused after five minutes, so 90 days are more than enough.
pub const WEBHOOK_IDS_DAYS: u32 = 90;

/// A browser keeps no cookie longer (RFC 6265bis, section 5.5), so a session that was not used for
/// this time cannot come back and be young again.
pub const UNUSED_SESSION_DAYS: u32 = 400;

/// How long rows are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Payloads of webhooks, in days.
    pub webhook_payloads_days: u32,
    /// Ended sessions with their lifetimes, in days.
    pub ended_sessions_days: u32,
    /// Entries of the audit log, in days; `None`: for ever.
    pub audit_days: Option<u32>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { webhook_payloads_days: 30, ended_sessions_days: 30, audit_days: None }
    }
}

/// Numbers of the rows that [`prune`] has deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Webhooks whose payload is erased.
    pub payloads: u64,
    /// Webhooks that are deleted.
    pub webhooks: u64,
    /// Sessions that are deleted.
    pub sessions: u64,
    /// Lifetimes of sessions without a session.
    pub lifetimes: u64,
    /// Entries of the audit log.
    pub audit: u64,
}

impl fmt::Display for Pruned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { payloads, webhooks, sessions, lifetimes, audit } = self;
        write!(
            f,
            "{payloads} payloads of webhooks erased; {webhooks} webhooks, {sessions} ended sessions, {lifetimes} \
             lifetimes and {audit} audit entries deleted"
        )
    }
}

/// Deletes every row whose time is over at `now_ms` (Unix milliseconds). It works in small
/// transactions, so it may be interrupted, and it may run beside a serving server.
///
/// # Errors
/// The database does not answer or refuses a statement. Rows that are deleted already stay deleted.
pub async fn prune(database: &Database, retention: &Retention, now_ms: i64) -> Result<Pruned, StoreError> {
    let before = |days: u32| now_ms.saturating_sub(i64::from(days) * DAY_MS);
    let sessions_before = before(retention.ended_sessions_days);
    mark_expired(database, now_ms).await?;
    activity::prune(database, now_ms).await?;
    let webhooks = delete_expired(database, &WEBHOOKS, before(WEBHOOK_IDS_DAYS)).await?;
    let payloads = delete_expired(database, &PAYLOADS, before(retention.webhook_payloads_days)).await?
        + delete_expired(database, &PAYLOADS_OF_DELETED, now_ms).await?;
    let sessions = delete_expired(database, &ENDED_SESSIONS, sessions_before).await?
        + delete_expired(database, &EXPIRED_SESSIONS, sessions_before).await?;
    let unused_before = before(retention.ended_sessions_days.max(UNUSED_SESSION_DAYS));
    let lifetimes = delete_expired(database, &ENDED_LIFETIMES, sessions_before).await?
        + delete_expired(database, &UNUSED_LIFETIMES, unused_before).await?;
    let audit = match retention.audit_days {
        Some(days) => delete_expired(database, &AUDIT, before(days)).await?,
        None => 0,
    };
    Ok(Pruned { payloads, webhooks, sessions, lifetimes, audit })
}
