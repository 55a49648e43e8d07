//! State that is not saved: handshake payloads, unconfirmed secrets, reverifications in progress,
//! and the limit on guesses.

use super::expiring::Expiring;
use super::refused::{Refused, Result, ensure};

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
