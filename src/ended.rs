//! Sessions that ended while their last token still lives.
//!
//! A session token is valid for a minute whatever happens to its session (ASVS 7.4.1). Whoever ends a session here, and whoever hears of it
//! by webhook, writes it down; for that minute the gate looks here. Each process keeps its own list.

use crate::ids::SessionId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Longer than a token of Clerk lives (60 s), leeway and clock differences included.
const REMEMBER_MS: i64 = 5 * 60 * 1000;

/// The list. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct EndedSessions(Arc<Mutex<HashMap<SessionId, i64>>>);

impl EndedSessions {
    /// Writes a session down; its tokens are refused from now on.
    pub fn insert(&self, session: SessionId, now_ms: i64) {
        let mut list = self.list();
        // Only verified webhooks and granted revocations write here, so the list is as long as five minutes of those.
        list.retain(|_, until_ms| *until_ms > now_ms);
        list.insert(session, now_ms + REMEMBER_MS);
    }

    /// Whether the session has ended.
    #[must_use]
    pub fn contains(&self, session: &SessionId, now_ms: i64) -> bool {
        self.list().get(session).is_some_and(|until_ms| *until_ms > now_ms)
    }

    fn list(&self) -> MutexGuard<'_, HashMap<SessionId, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ended_session_is_remembered_for_as_long_as_its_tokens_could_live() {
        let (ended, session) = (EndedSessions::default(), SessionId::parse("sess_1").unwrap());
        assert!(!ended.contains(&session, 0));
        ended.insert(session.clone(), 0);
        assert!(ended.contains(&session, 65_000));
        assert!(!ended.contains(&session, REMEMBER_MS));
        ended.insert(SessionId::parse("sess_2").unwrap(), REMEMBER_MS);
        assert_eq!(ended.list().len(), 1);
    }
}
