//! Sign-in attempts between their steps. Not saved.

use crate::random::new_id;
use serde::Deserialize;

/// How long an attempt may take.
pub(crate) const LIFETIME_MS: i64 = 10 * 60_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct SignIn {
    pub(crate) id: String,
    /// The client that it belongs to.
    pub(crate) client: String,
    pub(crate) identifier: String,
    /// The user, once the first factor is verified.
    pub(crate) user: Option<String>,
    /// Strategy of the first factor, prepared or verified.
    pub(crate) first_factor: String,
    /// Whether a new password must be set before it continues.
    pub(crate) needs_new_password: bool,
    /// The invitation that it accepts.
    pub(crate) invitation: Option<String>,
    /// The session that it created.
    pub(crate) session: Option<String>,
    pub(crate) begun_at: i64,
}

/// The parameters of the steps of a sign-in; empty is absent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SignInParams {
    pub(crate) identifier: String,
    pub(crate) strategy: String,
    pub(crate) password: String,
    pub(crate) code: String,
    pub(crate) ticket: String,
    pub(crate) email_address_id: String,
    pub(crate) sign_out_of_other_sessions: bool,
}

impl SignIn {
    pub(crate) fn status(&self) -> &'static str {
        match (&self.session, &self.user) {
            (Some(_), _) => "complete",
            (None, Some(_)) if self.needs_new_password => "needs_new_password",
            (None, Some(_)) => "needs_second_factor",
            (None, None) if self.identifier.is_empty() => "needs_identifier",
            (None, None) => "needs_first_factor",
        }
    }
}

/// The attempts in progress, one for each client.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignIns(Vec<SignIn>);

impl SignIns {
    /// Starts an attempt; it replaces an earlier one of the client.
    pub(crate) fn start(&mut self, client: &str, identifier: &str, now_ms: i64) -> SignIn {
        self.end(client);
        let sign_in = SignIn {
            id: new_id("sia"),
            client: client.to_owned(),
            identifier: identifier.trim().to_lowercase(),
            begun_at: now_ms,
            ..SignIn::default()
        };
        self.0.push(sign_in.clone());
        sign_in
    }

    pub(crate) fn of_client(&self, client: &str) -> Option<&SignIn> {
        self.0.iter().find(|sign_in| sign_in.client == client)
    }

    pub(crate) fn find(&self, id: &str, client: &str) -> Option<&SignIn> {
        self.0.iter().find(|sign_in| sign_in.id == id && sign_in.client == client)
    }

    pub(crate) fn update(&mut self, sign_in: &SignIn) {
        if let Some(kept) = self.0.iter_mut().find(|kept| kept.id == sign_in.id) {
            kept.clone_from(sign_in);
        }
    }

    pub(crate) fn end(&mut self, client: &str) {
        self.0.retain(|sign_in| sign_in.client != client);
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|sign_in| sign_in.session.is_none() && now_ms - sign_in.begun_at < LIFETIME_MS);
    }
}
