//! Sign-up attempts between their steps. Not saved. A new user belongs to no organization.

use super::user::User;
use crate::random::new_id;
use serde::Deserialize;
use serde_json::{Value, json};

/// How long an attempt may take.
pub(crate) const LIFETIME_MS: i64 = 10 * 60_000;

#[derive(Clone, Debug)]
pub(crate) struct SignUp {
    pub(crate) id: String,
    /// The client that it belongs to.
    pub(crate) client: String,
    /// The user that it will create.
    pub(crate) draft: User,
    /// Whether the email address is verified.
    pub(crate) verified: bool,
    /// Whether a code was sent.
    pub(crate) prepared: bool,
    /// The invitation that it accepts.
    pub(crate) invitation: Option<String>,
    pub(crate) unsafe_metadata: Value,
    /// The session that it created.
    pub(crate) session: Option<String>,
    pub(crate) begun_at: i64,
}

/// The parameters of the steps of a sign-up; empty is absent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SignUpParams {
    pub(crate) strategy: String,
    pub(crate) ticket: String,
    pub(crate) email_address: String,
    pub(crate) password: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) code: String,
}

impl SignUp {
    fn new(client: &str, now_ms: i64) -> Self {
        Self {
            id: new_id("sua"),
            client: client.to_owned(),
            draft: User::new(&new_id("user"), ("", ""), "", None, now_ms),
            verified: false,
            prepared: false,
            invitation: None,
            unsafe_metadata: json!({}),
            session: None,
            begun_at: now_ms,
        }
    }

    pub(crate) fn missing_fields(&self) -> Vec<&'static str> {
        let email = self.draft.email.is_empty().then_some("email_address");
        let password = (!self.draft.has_password()).then_some("password");
        email.into_iter().chain(password).collect()
    }

    /// Whether the user can be created.
    pub(crate) fn is_ready(&self) -> bool {
        self.missing_fields().is_empty() && self.verified && self.session.is_none()
    }
}

/// The attempts in progress, one for each client.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignUps(Vec<SignUp>);

impl SignUps {
    /// Starts an attempt; it replaces an earlier one of the client.
    pub(crate) fn start(&mut self, client: &str, now_ms: i64) -> SignUp {
        self.0.retain(|sign_up| sign_up.client != client);
        let sign_up = SignUp::new(client, now_ms);
        self.0.push(sign_up.clone());
        sign_up
    }

    pub(crate) fn of_client(&self, client: &str) -> Option<&SignUp> {
        self.0.iter().find(|found| found.client == client).filter(|_| !client.is_empty())
    }

    pub(crate) fn update(&mut self, sign_up: &SignUp) {
        self.end(&sign_up.id);
        self.0.push(sign_up.clone());
    }

    pub(crate) fn end(&mut self, id: &str) {
        self.0.retain(|found| found.id != id);
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|found| found.session.is_none() && now_ms - found.begun_at < LIFETIME_MS);
    }
}
