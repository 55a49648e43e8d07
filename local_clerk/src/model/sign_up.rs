//! Sign-ups, and the parameters of their steps. A new user belongs to no organization.

use super::{attempt::Attempt, user::User};
use serde::Deserialize;

pub(crate) type SignUp = Attempt<SignUpDetails>;

#[derive(Clone, Debug)]
pub(crate) struct SignUpDetails {
    /// The user that it will create.
    pub(crate) draft: User,
    /// Whether the email address is verified.
    pub(crate) verified: bool,
    /// Whether a code was sent.
    pub(crate) prepared: bool,
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
    pub(crate) fn missing_fields(&self) -> Vec<&'static str> {
        let email = self.details.draft.email.is_empty().then_some("email_address");
        let password = (!self.details.draft.has_password()).then_some("password");
        email.into_iter().chain(password).collect()
    }

    /// Whether the user can be created.
    pub(crate) fn is_ready(&self) -> bool {
        self.missing_fields().is_empty() && self.details.verified && self.session.is_none()
    }
}
