//! Sign-ins, and the parameters of their steps.

use super::attempt::Attempt;
use serde::Deserialize;

pub(crate) type SignIn = Attempt<SignInDetails>;

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
        match (&self.session, &self.details.user) {
            (Some(_), _) => "complete",
            (None, Some(_)) if self.details.needs_new_password => "needs_new_password",
            (None, Some(_)) => "needs_second_factor",
            (None, None) if self.details.identifier.is_empty() => "needs_identifier",
            (None, None) => "needs_first_factor",
        }
    }
}
