//! State that is not saved: values that expire, such as handshake payloads and unconfirmed secrets;
//! reverifications in progress; and the limit on guesses.

use super::refused::{Refused, Result, ensure};

/// Values by a key, which are forgotten after a time. The state is pruned whenever it is locked, so
/// a value that is found has not expired.
#[derive(Clone, Debug)]
pub(crate) struct Expiring<T, const LIFETIME_MS: i64>(Vec<(String, T, i64)>);

impl<T, const LIFETIME_MS: i64> Default for Expiring<T, LIFETIME_MS> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const LIFETIME_MS: i64> Expiring<T, LIFETIME_MS> {
    /// Replaces an earlier value.
    pub(crate) fn insert(&mut self, key: &str, value: T, now_ms: i64) {
        self.remove(key);
        self.0.push((key.to_owned(), value, now_ms));
    }

    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.0.iter().find(|(found, ..)| found == key).map(|(_, value, _)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.0.iter_mut().find(|(found, ..)| found == key).map(|(_, value, _)| value)
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<T> {
        let place = self.0.iter().position(|(found, ..)| found == key)?;
        Some(self.0.swap_remove(place).1)
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|(.., at)| now_ms - at < LIFETIME_MS);
    }
}

/// Payloads of handshakes: cookie directives by nonce. A nonce can be redeemed for a minute.
pub(crate) type HandshakeNonces = Expiring<Vec<String>, 60_000>;

/// Secrets of authenticator apps by user. Their first code may take ten minutes.
pub(crate) type TotpEnrolments = Expiring<String, 600_000>;

/// The levels of reverifications in progress, by session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reverifications(Vec<(String, String)>);

impl Reverifications {
    pub(crate) fn start(&mut self, session: &str, level: &str) {
        self.retain(|found| found != session);
        self.0.push((session.to_owned(), level.to_owned()));
    }

    pub(crate) fn level(&self, session: &str) -> &str {
        let found = self.0.iter().find(|(found, _)| found == session);
        found.map_or("first_factor", |(_, level)| level)
    }

    pub(crate) fn retain(&mut self, keeps: impl Fn(&str) -> bool) {
        self.0.retain(|(session, _)| keeps(session));
    }
}

const ATTEMPTS: usize = 10;
const WINDOW_MS: i64 = 60_000;

/// Failed attempts and sent codes of the last minute, by subject.
#[derive(Clone, Debug, Default)]
pub(crate) struct Throttle(Vec<(String, i64)>);

impl Throttle {
    pub(crate) fn check(&self, subject: &str, now_ms: i64) -> Result<()> {
        let recent = self.0.iter().filter(|(found, at)| found == subject && now_ms - at < WINDOW_MS).count();
        ensure(recent < ATTEMPTS, Refused::too_many_requests())
    }

    pub(crate) fn count(&mut self, subject: &str, now_ms: i64) {
        self.0.push((subject.to_owned(), now_ms));
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|(_, at)| now_ms - at < WINDOW_MS);
    }
}
