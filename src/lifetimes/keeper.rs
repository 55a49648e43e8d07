//! What happens behind the requests: activity and ends are stored, ends of other servers are learnt, and Clerk is told of every end.

use super::Parts;
use crate::db::StoreError;
use crate::store::lifetimes;
use clerk::backend_api::BackendApiError;
use domain::ids::SessionId;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often is looked whether something is to be written, and what other servers have ended.
const ROUND: Duration = Duration::from_secs(1);
/// How often is looked whether Clerk is still to be told of something: after a restart, or because it did not answer.
const TELLING: Duration = Duration::from_secs(5);
/// Sessions in one transaction.
const BATCH: usize = 500;
/// The clocks of two servers may differ: ends are read from so long before the last look.
const OVERLAP_MS: i64 = 120_000;

pub(super) fn start(parts: &Arc<Parts>) {
    tokio::spawn(store_all(Arc::downgrade(parts)));
    tokio::spawn(tell_all(Arc::downgrade(parts)));
}

async fn store_all(parts: Weak<Parts>) {
    let mut looked_ms = None;
    while let Some(parts) = parts.upgrade() {
        write(&parts, false).await;
        learn_ends(&parts, &mut looked_ms).await;
        // Whoever waits keeps nothing alive: the parts go with the last of those who ask.
        let woken = Arc::clone(&parts.to_store);
        drop(parts);
        let _ = tokio::time::timeout(ROUND, woken.notified()).await;
    }
}

async fn tell_all(parts: Weak<Parts>) {
    while let Some(parts) = parts.upgrade() {
        if let Err(error) = tell(&parts).await {
            tracing::debug!(%error, "ended sessions could not be read");
        }
        let woken = Arc::clone(&parts.to_tell);
        drop(parts);
        let _ = tokio::time::timeout(TELLING, woken.notified()).await;
    }
}

/// Stores the ends, then the activity.
pub(super) async fn write(parts: &Parts, all: bool) {
    if store_ends(parts).await.is_err() {
        return;
    }
    let now_ms = parts.clock.now_ms();
    let seen = parts.known().take_unwritten(all, now_ms);
    for batch in seen.chunks(BATCH) {
        if let Err(error) = lifetimes::write(&parts.store, batch, now_ms).await {
            tracing::warn!(%error, sessions = batch.len(), "activity of sessions was not written yet");
            parts.known().not_written(batch);
        }
    }
}

/// Stores the ends. While the database does not answer they wait for the next round: here the sessions have ended in any case.
async fn store_ends(parts: &Parts) -> Result<(), StoreError> {
    let mut ends = parts.known().take_ends().into_iter();
    while let Some(end) = ends.next() {
        match lifetimes::end(&parts.store, &end).await {
            Ok(()) => parts.to_tell.notify_one(),
            Err(error @ StoreError::Unavailable(_)) => {
                tracing::warn!(%error, "the ends of sessions were not stored yet");
                parts.known().give_back(std::iter::once(end).chain(ends));
                return Err(error);
            }
            Err(error) => {
                tracing::error!(%error, session = end.session.as_str(), "the end of a session was not stored")
            }
        }
    }
    Ok(())
}

/// Learns which sessions other servers have ended. Only they can: SQLite has one server.
async fn learn_ends(parts: &Parts, looked_ms: &mut Option<i64>) {
    if !parts.store.is_shared() {
        return;
    }
    let now_ms = parts.clock.now_ms();
    let since_ms = looked_ms.map_or(now_ms, |looked: i64| looked.min(now_ms)).saturating_sub(OVERLAP_MS);
    // While the database is away nothing is learnt; the next look reads from the same time on.
    if let Ok(ends) = lifetimes::ended_since(&parts.store, since_ms).await {
        *looked_ms = Some(now_ms);
        let mut known = parts.known();
        ends.iter().for_each(|(session, rule)| known.note_end(session, *rule));
    }
}

async fn tell(parts: &Parts) -> Result<(), StoreError> {
    loop {
        let now_ms = parts.clock.now_ms();
        let sessions = lifetimes::to_tell(&parts.store, now_ms).await?;
        if sessions.is_empty() {
            return Ok(());
        }
        for session in sessions {
            if lifetimes::claim(&parts.store, &session, now_ms).await? && end_at_clerk(parts, &session).await {
                lifetimes::told(&parts.store, &session).await?;
            }
        }
    }
}

/// Whether the session has ended at Clerk. One that is gone has.
async fn end_at_clerk(parts: &Parts, session: &SessionId) -> bool {
    match parts.backend_api.revoke_session(session).await {
        Ok(_) | Err(BackendApiError::NotFound) => true,
        Err(error) => {
            tracing::warn!(%error, session = session.as_str(), "a session that a rule ended still runs at Clerk");
            false
        }
    }
}
