//! Users.

use super::metadata::Metadata;
use super::password;
use super::refused::Refused;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    /// Hash; `None` for a user who has no password.
    password: Option<Vec<u8>>,
    /// Secret of the authenticator app, base32.
    #[serde(default)]
    pub(crate) totp: Option<String>,
    #[serde(default)]
    pub(crate) banned: bool,
    #[serde(default)]
    pub(crate) locked: bool,
    #[serde(default)]
    pub(crate) metadata: Metadata,
    /// The organization that the user chose or joined last.
    #[serde(default)]
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
            password: password.map(|password| password::hash(id, password)),
            totp: None,
            banned: false,
            locked: false,
            metadata: Metadata::default(),
            last_organization: None,
            created_at,
            updated_at: created_at,
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

    /// Id of the email address.
    pub(crate) fn email_id(&self) -> String {
        format!("idn_{}", self.id.trim_start_matches("user_"))
    }

    /// Whether a text is an email address: a name and a domain around one `@`, without spaces.
    pub(crate) fn is_address(text: &str) -> bool {
        let plain = text.chars().all(|letter| !letter.is_whitespace() && !letter.is_control());
        let is_domain = |text: &str| !text.contains('@') && text.split('.').all(|label| !label.is_empty());
        let parts = text.split_once('@');
        plain && text.len() <= 254 && parts.is_some_and(|(name, domain)| !name.is_empty() && is_domain(domain))
    }

    pub(crate) fn has_password(&self) -> bool {
        self.password.is_some()
    }

    pub(crate) fn set_password(&mut self, password: &str) {
        self.password = Some(password::hash(&self.id, password));
    }

    pub(crate) fn is_password(&self, password: &str) -> bool {
        self.password.as_ref().is_some_and(|hash| password::is_match(&self.id, password, hash))
    }

    /// Refuses a banned or locked user, whatever proved who they are.
    pub(crate) fn may_sign_in(&self) -> Result<(), Refused> {
        match (self.banned, self.locked) {
            (true, _) => Err(Refused::new(403, "user_banned", "This account is banned.")),
            (false, true) => Err(Refused::new(403, "user_locked", "This account is locked.")),
            (false, false) => Ok(()),
        }
    }
}
