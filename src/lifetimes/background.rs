//! The background tasks: they store activity and ends, load the ends from other servers, and revoke
//! ended sessions at Clerk.

use super::shared::Shared;
use crate::db::StoreError;
use crate::store::lifetimes::{self, Claim};
use clerk::backend_api::BackendApiError;
use domain::ids::SessionId;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Interval for writing activity and for reading the ends from other servers.
const STORE_EVERY: Duration = Duration::from_secs(1);
/// Interval for reading unreported ends: after a restart, or when Clerk did not answer.
const REPORT_EVERY: Duration = Duration::from_secs(5);
/// Number of sessions in one transaction.
const BATCH: usize = 500;
/// The clocks of two servers may differ, so each read overlaps the previous one by 2 minutes.
const OVERLAP_MS: i64 = 120_000;

pub(super) fn start(shared: &Arc<Shared>) {
    tokio::spawn(store_all(Arc::downgrade(shared)));
    tokio::spawn(report_all(Arc::downgrade(shared)));
}

async fn store_all(shared: Weak<Shared>) {
    let mut last_read_ms = None;
    while let Some(shared) = shared.upgrade() {
        write(&shared, false).await;
        load_ends(&shared, &mut last_read_ms).await;
        // The waiting task holds no strong reference, so it ends when the last [`super::Lifetimes`]
        // is dropped.
        let wake = Arc::clone(&shared.to_store);
        drop(shared);
        let _ = tokio::time::timeout(STORE_EVERY, wake.notified()).await;
    }
}

async fn report_all(shared: Weak<Shared>) {
    while let Some(shared) = shared.upgrade() {
        if let Err(error) = report(&shared).await {
            tracing::debug!(%error, "ended sessions could not be read");
        }
        let wake = Arc::clone(&shared.to_report);
        drop(shared);
        let _ = tokio::time::timeout(REPORT_EVERY, wake.notified()).await;
    }
}

/// Stores the ends, then the activity: only what is due, or `all` of it.
pub(super) async fn write(shared: &Shared, all: bool) {
    if store_ends(shared).await.is_err() {
        return;
    }
    let now_ms = shared.clock.now_ms();
    let activity = shared.cache().drain_unwritten(all, now_ms);
    for batch in activity.chunks(BATCH) {
        if let Err(error) = lifetimes::write(&shared.database, batch, now_ms).await {
            tracing::warn!(
                %error,
                sessions = batch.len(),
                "the activity of sessions is not written yet; a running server tries again after a minute"
            );
            shared.cache().mark_unwritten(batch);
        }
    }
}

/// Stores the ends. While the database is unavailable they stay queued for the next round; in this
/// process the sessions have ended already.
async fn store_ends(shared: &Shared) -> Result<(), StoreError> {
    let mut ends = shared.cache().drain_ends().into_iter();
    while let Some(end) = ends.next() {
        match lifetimes::end(&shared.database, &end).await {
            Ok(()) => shared.to_report.notify_one(),
            Err(error @ StoreError::Unavailable(_)) => {
                tracing::warn!(
                    %error,
                    "the ends of sessions are not stored yet; a running server tries again after a second"
                );
                shared.cache().requeue_ends(std::iter::once(end).chain(ends));
                return Err(error);
            }
            Err(error) => {
                tracing::error!(%error, session = end.session.as_str(), "the end of a session was not stored")
            }
        }
    }
    Ok(())
}

/// Loads the sessions that other servers ended. With SQLite there is only one server.
async fn load_ends(shared: &Shared, last_read_ms: &mut Option<i64>) {
    if !shared.database.is_shared() {
        return;
    }
    let now_ms = shared.clock.now_ms();
    let since_ms = last_read_ms.map_or(now_ms, |last: i64| last.min(now_ms)).saturating_sub(OVERLAP_MS);
    // After an error the next read starts from the same time, so no end is missed.
    if let Ok(ends) = lifetimes::ended_since(&shared.database, since_ms).await {
        *last_read_ms = Some(now_ms);
        let mut cache = shared.cache();
        ends.iter().for_each(|(session, rule)| cache.record_end(session, *rule));
    }
}

async fn report(shared: &Shared) -> Result<(), StoreError> {
    loop {
        let now_ms = shared.clock.now_ms();
        let sessions = lifetimes::unreported(&shared.database, now_ms).await?;
        if sessions.is_empty() {
            return Ok(());
        }
        for session in sessions {
            let claim = lifetimes::claim(&shared.database, &session, now_ms).await?;
            if let Some(claim) = claim
                && end_at_clerk(shared, &claim, &session).await
            {
                lifetimes::mark_reported(&shared.database, &session).await?;
            }
        }
    }
}

/// Revokes the session at Clerk and returns whether it has ended there. A session that Clerk does
/// not know has ended.
async fn end_at_clerk(shared: &Shared, claim: &Claim, session: &SessionId) -> bool {
    match shared.backend_api.commands(claim).revoke_session(session).await {
        Ok(_) | Err(BackendApiError::NotFound) => true,
        Err(error) => {
            tracing::warn!(
                %error,
                session = session.as_str(),
                "a session that a rule ended is still active at Clerk; the server tries again after a minute"
            );
            false
        }
    }
}
