//! State that is not saved: values that expire, such as handshake payloads and unconfirmed secrets;
//! and the limit on guesses.

use super::refused::{Refused, Result, ensure};
use std::collections::BTreeMap;

/// Values by a key, which are forgotten after a time. The state is pruned whenever it is locked, so
/// a value that is found has not expired.
#[derive(Clone, Debug)]
pub(crate) struct Expiring<T, const LIFETIME_MS: i64>(BTreeMap<String, (T, i64)>);

impl<T, const LIFETIME_MS: i64> Default for Expiring<T, LIFETIME_MS> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T, const LIFETIME_MS: i64> Expiring<T, LIFETIME_MS> {
    /// Replaces an earlier value.
    pub(crate) fn insert(&mut self, key: &str, value: T, now_ms: i64) {
        self.0.insert(key.to_owned(), (value, now_ms));
    }

    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.0.get(key).map(|(value, _)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.0.get_mut(key).map(|(value, _)| value)
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<T> {
        self.0.remove(key).map(|(value, _)| value)
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|_, (_, at)| now_ms - *at < LIFETIME_MS);
    }
}

/// Payloads of handshakes: cookie directives by nonce. A nonce can be redeemed for a minute.
pub(crate) type HandshakeNonces = Expiring<Vec<String>, 60_000>;

/// Secrets of authenticator apps by user. Their first code may take ten minutes.
pub(crate) type TotpEnrolments = Expiring<String, 600_000>;

const ATTEMPTS: usize = 10;
const WINDOW_MS: i64 = 60_000;

/// Failed attempts and sent codes of the last minute, by subject.
#[derive(Clone, Debug, Default)]
pub(crate) struct Throttle(Vec<(String, i64)>);

impl Throttle {
    pub(crate) fn check(&self, subject: &str, now_ms: i64) -> Result<()> {
        let recent = self.0.iter().filter(|(found, at)| found == subject && now_ms - at < WINDOW_MS).count();
        let text = "Too many requests. Try again in a minute.";
        ensure(recent < ATTEMPTS, Refused::new(429, "too_many_requests", text))
    }

    pub(crate) fn count(&mut self, subject: &str, now_ms: i64) {
        self.0.push((subject.to_owned(), now_ms));
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|(_, at)| now_ms - at < WINDOW_MS);
    }
}
