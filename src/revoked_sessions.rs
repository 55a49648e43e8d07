//! What has ended while tokens that name it still live.
//!
//! A session token is valid for a minute whatever happens to its session, its user or its organization (ASVS 7.4.1). Work that ends one of them,
//! and every webhook that tells of such an end, adds it to this list; the gate asks the list on every request. Each process keeps its own list.

use clerk::authenticate::DEVELOPMENT_LEEWAY_MS;
use clerk::claims::SessionClaims;
use clerk::publishable_key::InstanceKind;
use clerk::webhook::Revocation;
use domain::ids::SessionId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Longer than a token of Clerk lives (60 s), leeway and clock differences included.
const REMEMBER_MS: i64 = 5 * 60 * 1000;

/// In development a handshake may bring a token that is a day old: the clock of the machine may be off.
/// Its address stays in the history.
const REMEMBER_IN_DEVELOPMENT_MS: i64 = DEVELOPMENT_LEEWAY_MS + REMEMBER_MS;

#[derive(Clone, Copy, Debug)]
struct Entry {
    happened_ms: i64,
    until_ms: i64,
}

/// The list. Cheap to clone.
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
    /// An empty list for an instance.
    #[must_use]
    pub fn of(kind: InstanceKind) -> Self {
        let remember_ms = match kind {
            InstanceKind::Production => REMEMBER_MS,
            InstanceKind::Development => REMEMBER_IN_DEVELOPMENT_MS,
        };
        Self { list: Arc::default(), remember_ms }
    }

    /// Adds what ends now (Unix milliseconds); its tokens are refused from now on.
    pub fn insert(&self, ended: impl Into<Revocation>, now_ms: i64) {
        self.insert_past(ended, now_ms, now_ms);
    }

    /// Adds what ended at `happened_ms`: a webhook may tell of it hours later. Both times are Unix milliseconds.
    pub fn insert_past(&self, ended: impl Into<Revocation>, happened_ms: i64, now_ms: i64) {
        let mut list = self.list();
        // Only verified webhooks and granted changes write here, so the list is as long as a memory of those.
        list.retain(|_, entry| entry.until_ms > now_ms);
        let entry = list.entry(ended.into()).or_insert(Entry { happened_ms, until_ms: 0 });
        *entry = Entry { happened_ms: happened_ms.max(entry.happened_ms), until_ms: now_ms + self.remember_ms };
    }

    /// Whether the session has ended.
    #[must_use]
    pub fn contains(&self, session: &SessionId, now_ms: i64) -> bool {
        is_remembered(&self.list(), &Revocation::Session(session.clone()), now_ms).is_some()
    }

    /// Whether the session of a token has ended, by itself or with its user.
    #[must_use]
    pub fn has_ended(&self, session: &SessionClaims, now_ms: i64) -> bool {
        let list = self.list();
        if list.is_empty() {
            return false;
        }
        let ends = [Revocation::Session(session.id.clone()), Revocation::User(session.user.clone())];
        ends.iter().any(|ended| is_remembered(&list, ended, now_ms).is_some())
    }

    /// Whether the active organization of a token is none any more: it was deleted, or the user has left it since the token was issued.
    #[must_use]
    pub fn has_left(&self, session: &SessionClaims, now_ms: i64) -> bool {
        let list = self.list();
        let Some(organization) = session.organization.as_ref().filter(|_| !list.is_empty()) else { return false };
        let membership = Revocation::Membership(session.user.clone(), organization.id.clone());
        // `iat` has whole seconds. A token of the very second of the end may be from before it.
        let is_older = |happened_ms: i64| session.issued_at_s <= happened_ms.div_euclid(1000) as f64;
        is_remembered(&list, &membership, now_ms).is_some_and(is_older)
            || is_remembered(&list, &Revocation::Organization(organization.id.clone()), now_ms).is_some()
    }

    fn list(&self) -> MutexGuard<'_, HashMap<Revocation, Entry>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When it happened, for as long as tokens may name it.
fn is_remembered(list: &HashMap<Revocation, Entry>, ended: &Revocation, now_ms: i64) -> Option<i64> {
    list.get(ended).filter(|entry| entry.until_ms > now_ms).map(|entry| entry.happened_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::{OrganizationId, UserId};
    use serde_json::json;

    fn token(user: &str, session: &str, organization: &str, issued_at_s: i64) -> SessionClaims {
        let claims = json!({ "v": 2, "sub": user, "sid": session, "iat": issued_at_s, "o": { "id": organization } });
        SessionClaims::from_claims(claims.as_object().unwrap()).unwrap()
    }

    #[test]
    fn an_ended_session_is_remembered_for_as_long_as_its_tokens_could_live() {
        let (ended, session) = (RevocationList::default(), SessionId::parse("sess_1").unwrap());
        assert!(!ended.contains(&session, 0));
        ended.insert(session.clone(), 0);
        assert!(ended.contains(&session, 65_000));
        assert!(!ended.contains(&session, REMEMBER_MS));
        ended.insert(SessionId::parse("sess_2").unwrap(), REMEMBER_MS);
        assert_eq!(ended.list().len(), 1);
    }

    #[test]
    fn in_development_it_is_remembered_for_as_long_as_a_handshake_may_bring_it_back() {
        let (ended, session) = (RevocationList::of(InstanceKind::Development), SessionId::parse("sess_1").unwrap());
        ended.insert(session.clone(), 0);
        assert!(ended.contains(&session, DEVELOPMENT_LEEWAY_MS + 60_000));
        assert!(!ended.contains(&session, REMEMBER_IN_DEVELOPMENT_MS));
    }

    #[test]
    fn a_deleted_user_takes_every_session_along() {
        let ended = RevocationList::default();
        ended.insert(Revocation::User(UserId::parse("user_1").unwrap()), 0);
        assert!(ended.has_ended(&token("user_1", "sess_1", "org_1", 0), 1));
        assert!(!ended.has_ended(&token("user_2", "sess_2", "org_1", 0), 1));
        assert!(!ended.has_left(&token("user_1", "sess_1", "org_1", 0), 1));
    }

    #[test]
    fn a_deleted_organization_is_nobodys_active_one() {
        let ended = RevocationList::default();
        ended.insert(Revocation::Organization(OrganizationId::parse("org_1").unwrap()), 0);
        assert!(ended.has_left(&token("user_1", "sess_1", "org_1", 100), 1));
        assert!(!ended.has_left(&token("user_1", "sess_1", "org_2", 0), 1));
        assert!(!ended.has_ended(&token("user_1", "sess_1", "org_1", 0), 1));
    }

    #[test]
    fn whoever_left_an_organization_and_joined_it_again_is_a_member() {
        let ended = RevocationList::default();
        let membership =
            Revocation::Membership(UserId::parse("user_1").unwrap(), OrganizationId::parse("org_1").unwrap());
        ended.insert_past(membership.clone(), 10_500, 60_000);
        for (issued_at_s, left) in [(9, true), (10, true), (11, false)] {
            assert_eq!(ended.has_left(&token("user_1", "sess_1", "org_1", issued_at_s), 60_001), left, "{issued_at_s}");
        }
        // An old delivery that comes again does not make the end older.
        ended.insert_past(membership, 5_000, 61_000);
        assert!(ended.has_left(&token("user_1", "sess_1", "org_1", 10), 61_001));
        assert!(!ended.has_left(&token("user_2", "sess_2", "org_1", 9), 61_001));
    }
}
