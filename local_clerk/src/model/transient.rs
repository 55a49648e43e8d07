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

/// Number of failed attempts and sent codes by subject, in the minute after the first of them.
pub(crate) type Throttle = Expiring<usize, 60_000>;

impl Throttle {
    pub(crate) fn check(&self, subject: &str) -> Result<()> {
        let refused = Refused::new(429, "too_many_requests", "Too many requests. Try again in a minute.");
        ensure(self.get(subject).is_none_or(|count| *count < ATTEMPTS), refused)
    }

    pub(crate) fn count(&mut self, subject: &str, now_ms: i64) {
        match self.get_mut(subject) {
            Some(count) => *count += 1,
            None => self.insert(subject, 1, now_ms),
        }
    }
}
