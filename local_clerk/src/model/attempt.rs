//! Attempts to sign in or to sign up, between their steps. A browser has at most one of each. Not
//! saved.

use super::{refused::Refused, refused::Result, session::Browser, session::Session, transient::Expiring, user::User};
use serde::Deserialize;

pub(crate) const LIFETIME_MS: i64 = 10 * 60_000;

#[derive(Clone, Debug)]
pub(crate) struct Attempt<T> {
    pub(crate) id: String,
    pub(crate) browser: Browser,
    /// The invitation that it accepts.
    pub(crate) invitation: Option<String>,
    /// The session that it created.
    pub(crate) session: Option<String>,
    pub(crate) begun_at: i64,
    /// The part that differs between a sign-in and a sign-up.
    pub(crate) details: T,
}

pub(crate) type SignIn = Attempt<SignInDetails>;
pub(crate) type SignUp = Attempt<SignUpDetails>;

#[derive(Clone, Debug, Default)]
pub(crate) struct SignInDetails {
    /// Email address, in small letters.
    pub(crate) identifier: String,
    /// The user, once the first factor is verified.
    pub(crate) user: Option<String>,
    /// Strategy of the first factor, prepared or verified.
    pub(crate) first_factor: String,
    /// Whether a new password must be set before it continues.
    pub(crate) needs_new_password: bool,
}

/// A new user belongs to no organization.
#[derive(Clone, Debug)]
pub(crate) struct SignUpDetails {
    /// The user that it will create.
    pub(crate) draft: User,
    pub(crate) verified: bool,
    /// Whether a code was sent.
    pub(crate) prepared: bool,
}

/// A reverification of a running session, after one of its steps.
#[derive(Clone, Debug)]
pub(crate) struct Reverification {
    pub(crate) session: Session,
    pub(crate) status: &'static str,
    pub(crate) level: String,
    /// Strategy of the first factor for which a code was just sent.
    pub(crate) code_sent: Option<String>,
}

/// The parameters of a step of a sign-in, a sign-up or a reverification; empty is absent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StepParams {
    pub(crate) strategy: String,
    pub(crate) identifier: String,
    pub(crate) email_address: String,
    pub(crate) email_address_id: String,
    pub(crate) password: String,
    pub(crate) code: String,
    pub(crate) ticket: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) sign_out_of_other_sessions: bool,
    /// Of a reverification.
    pub(crate) level: String,
}

impl SignIn {
    pub(crate) fn status(&self) -> &'static str {
        match (&self.session, &self.details.user) {
            (Some(_), _) => "complete",
            (None, Some(_)) if self.details.needs_new_password => "needs_new_password",
            (None, Some(_)) => "needs_second_factor",
            (None, None) if self.details.identifier.is_empty() => "needs_identifier",
            (None, None) => "needs_first_factor",
        }
    }
}

impl SignUp {
    pub(crate) fn missing_fields(&self) -> Vec<&'static str> {
        let email = self.details.draft.email.is_empty().then_some("email_address");
        let password = (!self.details.draft.has_password()).then_some("password");
        email.into_iter().chain(password).collect()
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.missing_fields().is_empty() && self.details.verified && self.session.is_none()
    }
}

/// The attempts in progress by client.
pub(crate) type Attempts<T> = Expiring<Attempt<T>, LIFETIME_MS>;

impl<T: Clone> Attempts<T> {
    /// Starts an attempt; it replaces an earlier one of the browser.
    pub(crate) fn start(&mut self, id: String, browser: &Browser, details: T, now_ms: i64) -> Attempt<T> {
        let browser = browser.clone();
        let attempt = Attempt { id, browser, invitation: None, session: None, begun_at: now_ms, details };
        self.insert(&attempt.browser.client, attempt.clone(), now_ms);
        attempt
    }

    /// The attempt of a browser, or 404.
    pub(crate) fn find(&self, browser: &Browser, id: &str) -> Result<Attempt<T>> {
        let found = self.get(&browser.client).filter(|found| found.id == id).ok_or_else(Refused::not_found)?;
        Ok(Attempt { browser: browser.clone(), ..found.clone() })
    }

    pub(crate) fn update(&mut self, attempt: &Attempt<T>) {
        if let Some(kept) = self.get_mut(&attempt.browser.client) {
            kept.clone_from(attempt);
        }
    }
}
