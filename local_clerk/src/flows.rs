//! What is half done: sign-ins, sign-ups and step-ups between their steps, payloads behind nonces. Kept in memory, for minutes.

use crate::codes::Codes;
use crate::identity;
use crate::sign_up::SignUp;

/// How long a step may take.
pub(crate) const PATIENCE_MS: i64 = 10 * 60_000;
/// How long a nonce is good for.
const NONCE_MS: i64 = 60_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct Flows {
    sign_ins: Vec<SignIn>,
    pub(crate) sign_ups: Vec<SignUp>,
    pub(crate) codes: Codes,
    /// Secrets of authenticator apps whose first code has not come back, by user.
    pub(crate) enrolments: Vec<(String, String)>,
    nonces: Vec<(String, Vec<String>, i64)>,
    /// Level of the step-up under way, by session.
    verifications: Vec<(String, String)>,
}

/// A sign-in under way.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignIn {
    pub(crate) id: String,
    /// The browser that it belongs to.
    pub(crate) client: String,
    pub(crate) identifier: String,
    /// Who has passed the first factor.
    pub(crate) user: Option<String>,
    /// By which strategy, or which one has been prepared.
    pub(crate) first: String,
    /// Whether a new password has to be set before it goes on.
    pub(crate) resets: bool,
    /// The invitation that it accepts.
    pub(crate) invitation: Option<String>,
    /// The session that it ended in.
    pub(crate) session: Option<String>,
    pub(crate) begun_at: i64,
}

impl Flows {
    /// Begins a sign-in; a browser has one at a time.
    pub(crate) fn begin_sign_in(&mut self, client: &str, identifier: &str, now_ms: i64) -> SignIn {
        self.sign_ins.retain(|sign_in| sign_in.client != client && now_ms - sign_in.begun_at < PATIENCE_MS);
        let sign_in = SignIn {
            id: format!("sia_{}", identity::random_id()),
            client: client.to_owned(),
            identifier: identifier.trim().to_lowercase(),
            begun_at: now_ms,
            ..SignIn::default()
        };
        self.sign_ins.push(sign_in.clone());
        sign_in
    }

    pub(crate) fn sign_in(&self, client: &str) -> Option<&SignIn> {
        self.sign_ins.iter().find(|sign_in| sign_in.client == client)
    }

    pub(crate) fn sign_in_mut(&mut self, id: &str, client: &str, now_ms: i64) -> Option<&mut SignIn> {
        let is_it = |sign_in: &&mut SignIn| {
            sign_in.id == id && sign_in.client == client && now_ms - sign_in.begun_at < PATIENCE_MS
        };
        self.sign_ins.iter_mut().find(is_it)
    }

    pub(crate) fn end_sign_in(&mut self, client: &str) {
        self.sign_ins.retain(|sign_in| sign_in.client != client);
    }

    pub(crate) fn begin_verification(&mut self, session: &str, level: &str) {
        self.verifications.retain(|(found, _)| found != session);
        self.verifications.push((session.to_owned(), level.to_owned()));
    }

    /// The level that was asked for.
    pub(crate) fn verification(&self, session: &str) -> String {
        let found = self.verifications.iter().find(|(found, _)| found == session);
        found.map_or_else(|| "first_factor".to_owned(), |(_, level)| level.clone())
    }

    /// Puts directives behind a nonce.
    pub(crate) fn hide(&mut self, directives: Vec<String>, now_ms: i64) -> String {
        self.nonces.retain(|(_, _, at)| now_ms - at < NONCE_MS);
        let nonce = identity::random_id();
        self.nonces.push((nonce.clone(), directives, now_ms));
        nonce
    }

    /// What is behind a nonce, once.
    pub(crate) fn reveal(&mut self, nonce: &str, now_ms: i64) -> Option<Vec<String>> {
        let place = self.nonces.iter().position(|(found, _, at)| found == nonce && now_ms - at < NONCE_MS)?;
        Some(self.nonces.swap_remove(place).1)
    }
}
