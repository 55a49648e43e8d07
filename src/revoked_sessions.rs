//! Lists revoked sessions, users, organizations and memberships whose tokens are still valid.
//!
//! A session token stays valid for 60 seconds, whatever happens to its session, user or
//! organization; ASVS 7.4.1 requires an immediate end. Commands and webhooks that end one of them
//! add it to this list, and the gate checks the list on every request. Each process has its own
//! list, in memory.

use clerk::authenticate::DEVELOPMENT_LEEWAY_MS;
use clerk::backend_api::BackendApiError;
use clerk::claims::SessionClaims;
use clerk::publishable_key::InstanceKind;
use clerk::webhook::Revocation;
use domain::ids::SessionId;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Lifetime of an entry: longer than Clerk's tokens (60 s), including leeway and clock differences.
const REMEMBER_MS: i64 = 5 * 60 * 1000;

/// In development a handshake may carry a token that is a day old, because the clock of the machine
/// may be wrong and the URL with the token stays in the browser's history.
const REMEMBER_IN_DEVELOPMENT_MS: i64 = DEVELOPMENT_LEEWAY_MS + REMEMBER_MS;

/// The clocks of this server and of Clerk may differ by this. Clerk's clock dates the tokens and
/// this server's clock dates its own commands, so a token that appears to be this much younger than
/// a command may be older.
pub(crate) const CLOCK_DIFFERENCE_MS: i64 = 10_000;

#[derive(Clone, Copy, Debug)]
struct Entry {
    happened_ms: i64,
    until_ms: i64,
}

/// The list of revocations. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RevocationList {
    list: Arc<Mutex<HashMap<Revocation, Entry>>>,
    remember_ms: i64,
}

impl Default for RevocationList {
    fn default() -> Self {
        Self::of(InstanceKind::Production)
    }
}

impl RevocationList {
    /// An empty list. The kind of the instance decides how long entries stay.
    #[must_use]
    pub fn of(kind: InstanceKind) -> Self {
        let remember_ms = match kind {
            InstanceKind::Production => REMEMBER_MS,
            InstanceKind::Development => REMEMBER_IN_DEVELOPMENT_MS,
        };
        Self { list: Arc::default(), remember_ms }
    }

    /// Adds a revocation that happens at `now_ms` (Unix milliseconds); its tokens are refused from
    /// then on.
    pub fn insert(&self, ended: impl Into<Revocation>, now_ms: i64) {
        self.insert_past(ended, now_ms.saturating_add(CLOCK_DIFFERENCE_MS), now_ms);
    }

    /// Adds a revocation that happened at `happened_ms` by Clerk's clock, because a webhook may
    /// arrive hours later. Both times are Unix milliseconds.
    pub fn insert_past(&self, ended: impl Into<Revocation>, happened_ms: i64, now_ms: i64) {
        let mut list = self.list();
        // Only verified webhooks and granted commands write here, so the list holds at most the
        // revocations of one entry lifetime.
        list.retain(|_, entry| entry.until_ms > now_ms);
        let entry = list.entry(ended.into()).or_insert(Entry { happened_ms, until_ms: 0 });
        *entry = Entry { happened_ms: happened_ms.max(entry.happened_ms), until_ms: now_ms + self.remember_ms };
    }

    /// Revokes here before Clerk is asked to, because a lost answer must leave no token that works.
    /// If Clerk refuses, the revocation is taken back.
    ///
    /// # Errors
    /// The error of `call`.
    pub async fn revoke_first<T>(
        &self,
        ended: &[Revocation],
        now_ms: i64,
        call: impl Future<Output = Result<T, BackendApiError>>,
    ) -> Result<T, BackendApiError> {
        let added: Vec<_> = ended.iter().filter(|ended| !self.list().contains_key(*ended)).collect();
        ended.iter().for_each(|ended| self.insert(ended.clone(), now_ms));
        let answer = call.await;
        if matches!(answer, Err(BackendApiError::Rejected(_))) {
            let mut list = self.list();
            // A webhook may have reported the end meanwhile, with another time.
            added.into_iter().for_each(|ended| {
                let happened_ms = now_ms.saturating_add(CLOCK_DIFFERENCE_MS);
                if list.get(ended).is_some_and(|entry| entry.happened_ms == happened_ms) {
                    list.remove(ended);
                }
            });
        }
        answer
    }

    /// Whether the session is revoked.
    #[must_use]
    pub fn contains(&self, session: &SessionId, now_ms: i64) -> bool {
        is_remembered(&self.list(), &Revocation::Session(session.clone()), now_ms).is_some()
    }

    /// Whether the session of a token, or its user, is revoked.
    #[must_use]
    pub fn has_ended(&self, session: &SessionClaims, now_ms: i64) -> bool {
        let list = self.list();
        if list.is_empty() {
            return false;
        }
        let ends = [Revocation::Session(session.id.clone()), Revocation::User(session.user.clone())];
        ends.iter().any(|ended| is_remembered(&list, ended, now_ms).is_some())
    }

    /// Whether the active organization of a token no longer applies: it is deleted, or the user
    /// left it after the token was issued.
    #[must_use]
    pub fn has_left(&self, session: &SessionClaims, now_ms: i64) -> bool {
        let list = self.list();
        let Some(organization) = session.organization.as_ref().filter(|_| !list.is_empty()) else { return false };
        let membership = Revocation::Membership(session.user.clone(), organization.id.clone());
        // `iat` counts whole seconds, so a token of the same second may be from before the
        // revocation.
        let is_older = |happened_ms: i64| session.issued_at_s <= happened_ms.div_euclid(1000) as f64;
        is_remembered(&list, &membership, now_ms).is_some_and(is_older)
            || is_remembered(&list, &Revocation::Organization(organization.id.clone()), now_ms).is_some()
    }

    fn list(&self) -> MutexGuard<'_, HashMap<Revocation, Entry>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the revocation happened; `None` if it is not listed or its entry has expired.
fn is_remembered(list: &HashMap<Revocation, Entry>, ended: &Revocation, now_ms: i64) -> Option<i64> {
    list.get(ended).filter(|entry| entry.until_ms > now_ms).map(|entry| entry.happened_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_tokens::session as token;
    use domain::ids::{OrganizationId, UserId};

    #[test]
    fn a_revoked_session_is_listed_while_its_tokens_are_valid() {
        let (ended, session) = (RevocationList::default(), SessionId::parse("sess_1").unwrap());
        assert!(!ended.contains(&session, 0));
        ended.insert(session.clone(), 0);
        assert!(ended.contains(&session, 65_000));
        assert!(!ended.contains(&session, REMEMBER_MS));
        ended.insert(SessionId::parse("sess_2").unwrap(), REMEMBER_MS);
        assert_eq!(ended.list().len(), 1);
    }

    #[test]
    fn in_development_a_revoked_session_is_listed_while_a_handshake_can_return_it() {
        let (ended, session) = (RevocationList::of(InstanceKind::Development), SessionId::parse("sess_1").unwrap());
        ended.insert(session.clone(), 0);
        assert!(ended.contains(&session, DEVELOPMENT_LEEWAY_MS + 60_000));
        assert!(!ended.contains(&session, REMEMBER_IN_DEVELOPMENT_MS));
    }

    #[test]
    fn a_deleted_user_revokes_every_session() {
        let ended = RevocationList::default();
        ended.insert(Revocation::User(UserId::parse("user_1").unwrap()), 0);
        assert!(ended.has_ended(&token("user_1", "sess_1", "org_1", 0), 1));
        assert!(!ended.has_ended(&token("user_2", "sess_2", "org_1", 0), 1));
        assert!(!ended.has_left(&token("user_1", "sess_1", "org_1", 0), 1));
    }

    #[test]
    fn a_deleted_organization_is_no_longer_active() {
        let ended = RevocationList::default();
        ended.insert(Revocation::Organization(OrganizationId::parse("org_1").unwrap()), 0);
        assert!(ended.has_left(&token("user_1", "sess_1", "org_1", 100), 1));
        assert!(!ended.has_left(&token("user_1", "sess_1", "org_2", 0), 1));
        assert!(!ended.has_ended(&token("user_1", "sess_1", "org_1", 0), 1));
    }

    #[test]
    fn a_user_who_rejoins_an_organization_is_a_member() {
        let ended = RevocationList::default();
        let membership =
            Revocation::Membership(UserId::parse("user_1").unwrap(), OrganizationId::parse("org_1").unwrap());
        ended.insert_past(membership.clone(), 10_500, 60_000);
        for (issued_at_s, left) in [(9, true), (10, true), (11, false)] {
            assert_eq!(ended.has_left(&token("user_1", "sess_1", "org_1", issued_at_s), 60_001), left, "{issued_at_s}");
        }
        // A repeated old delivery does not move the revocation back.
        ended.insert_past(membership, 5_000, 61_000);
        assert!(ended.has_left(&token("user_1", "sess_1", "org_1", 10), 61_001));
        assert!(!ended.has_left(&token("user_2", "sess_2", "org_1", 9), 61_001));
    }

    #[test]
    fn a_removal_by_this_server_covers_the_tokens_of_a_clock_that_is_ahead() {
        let ended = RevocationList::default();
        let membership =
            Revocation::Membership(UserId::parse("user_1").unwrap(), OrganizationId::parse("org_1").unwrap());
        ended.insert(membership, 100_000);
        for (issued_at_s, left) in [(99, true), (100, true), (110, true), (111, false)] {
            assert_eq!(
                ended.has_left(&token("user_1", "sess_1", "org_1", issued_at_s), 100_001),
                left,
                "{issued_at_s}"
            );
        }
    }
}
