//! State that is not saved: verifications in progress, handshake payloads, unconfirmed secrets, and
//! the limit on guesses.

use super::refused::{Refused, Result};
use crate::random::random_id;

/// How long a handshake nonce can be redeemed.
const NONCE_MS: i64 = 60_000;
/// How long an authenticator app may take to send its first code.
const ENROLMENT_MS: i64 = 10 * 60_000;

/// Payloads of handshakes, each behind a nonce that works once.
#[derive(Clone, Debug, Default)]
pub(crate) struct HandshakeNonces(Vec<(String, Vec<String>, i64)>);

impl HandshakeNonces {
    /// Stores cookie directives and returns their nonce.
    pub(crate) fn store_nonce(&mut self, directives: Vec<String>, now_ms: i64) -> String {
        let nonce = random_id();
        self.0.push((nonce.clone(), directives, now_ms));
        nonce
    }

    pub(crate) fn redeem_nonce(&mut self, nonce: &str, now_ms: i64) -> Option<Vec<String>> {
        let place = self.0.iter().position(|(found, _, at)| found == nonce && now_ms - at < NONCE_MS)?;
        Some(self.0.swap_remove(place).1)
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|(_, _, at)| now_ms - at < NONCE_MS);
    }
}

/// Secrets of authenticator apps whose first code has not arrived, by user.
#[derive(Clone, Debug, Default)]
pub(crate) struct TotpEnrolments(Vec<(String, String, i64)>);

impl TotpEnrolments {
    pub(crate) fn start(&mut self, user: &str, secret: &str, now_ms: i64) {
        self.end(user);
        self.0.push((user.to_owned(), secret.to_owned(), now_ms));
    }

    pub(crate) fn secret(&self, user: &str) -> Option<&str> {
        self.0.iter().find(|(found, ..)| found == user).map(|(_, secret, _)| secret.as_str())
    }

    pub(crate) fn end(&mut self, user: &str) {
        self.0.retain(|(found, ..)| found != user);
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|(_, _, at)| now_ms - at < ENROLMENT_MS);
    }
}

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
        if recent < ATTEMPTS { Ok(()) } else { Err(Refused::too_many_requests()) }
    }

    pub(crate) fn count(&mut self, subject: &str, now_ms: i64) {
        self.0.push((subject.to_owned(), now_ms));
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|(_, at)| now_ms - at < WINDOW_MS);
    }
}
