//! Users, and Clerk's rules for passwords.

use super::metadata::Metadata;
use super::refused::{Refused, Result, ensure};
use aws_lc_rs::pbkdf2;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// Few rounds, because the demo passwords are on the sign-in page.
const ROUNDS: NonZeroU32 = NonZeroU32::new(1000).unwrap();

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    /// Hash; `None` for a user who has no password.
    password: Option<Vec<u8>>,
    /// Secret of the authenticator app, base32.
    pub(crate) totp: Option<String>,
    #[serde(default)]
    pub(crate) banned: bool,
    #[serde(default)]
    pub(crate) locked: bool,
    #[serde(default)]
    pub(crate) metadata: Metadata,
    /// The organization that the user chose or joined last.
    pub(crate) last_organization: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl User {
    pub(crate) fn new(id: &str, name: (&str, &str), email: &str, password: Option<&str>, created_at: i64) -> Self {
        Self {
            id: id.to_owned(),
            first_name: name.0.to_owned(),
            last_name: name.1.to_owned(),
            email: email.to_owned(),
            password: password.map(|password| hash(id, password)),
            created_at,
            updated_at: created_at,
            ..Self::default()
        }
    }

    /// First and last name; empty where the user has neither.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    /// The name, or the email address of a user without one.
    pub(crate) fn display_name(&self) -> String {
        if self.name().is_empty() { self.email.clone() } else { self.name() }
    }

    pub(crate) fn email_id(&self) -> String {
        format!("idn_{}", self.id.trim_start_matches("user_"))
    }

    /// Whether a text is an email address: a name and a domain with a dot around one `@`.
    pub(crate) fn is_address(text: &str) -> bool {
        let plain = text.chars().all(|letter| !letter.is_whitespace() && !letter.is_control());
        let is_domain = |text: &str| !text.contains('@') && text.contains('.') && !text.split('.').any(str::is_empty);
        let parts = text.split_once('@');
        plain && text.len() <= 254 && parts.is_some_and(|(name, domain)| !name.is_empty() && is_domain(domain))
    }

    pub(crate) fn has_password(&self) -> bool {
        self.password.is_some()
    }

    pub(crate) fn set_password(&mut self, password: &str) {
        self.password = Some(hash(&self.id, password));
    }

    pub(crate) fn is_password(&self, password: &str) -> bool {
        self.password.as_ref().is_some_and(|hash| is_match(&self.id, password, hash))
    }

    /// Refuses a banned or locked user, whatever proved who they are.
    pub(crate) fn may_sign_in(&self) -> Result<()> {
        ensure(!self.banned, Refused::new(403, "user_banned", "This account is banned."))?;
        ensure(!self.locked, Refused::new(403, "user_locked", "This account is locked."))
    }
}

/// Refuses a new password that is shorter than 8 or longer than 72 characters (Clerk's default).
pub(crate) fn check_password_length(password: &str, param: &'static str) -> Result<()> {
    let length = password.chars().count();
    let (short, long) = ("form_password_length_too_short", "form_password_length_too_long");
    ensure(length >= 8, Refused::param(short, param, "Passwords must be at least 8 characters long."))?;
    ensure(length <= 72, Refused::param(long, param, "Passwords must be at most 72 characters long."))
}

/// `salt`: the user's id.
fn hash(salt: &str, password: &str) -> Vec<u8> {
    let mut hash = vec![0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt.as_bytes(), password.as_bytes(), &mut hash);
    hash
}

fn is_match(salt: &str, password: &str, hash: &[u8]) -> bool {
    pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt.as_bytes(), password.as_bytes(), hash).is_ok()
}
