//! What this Clerk knows: people, organizations, who belongs to which, and sessions. One JSON file, written whole. What is half done (a sign-in
//! after its first step, the payload behind a nonce) is not worth keeping.

use crate::dev_browser::DevBrowser;
use crate::flows::Flows;
use crate::invitations::Invitation;
use crate::mailbox::Mail;
use crate::metadata::Metadata;
use crate::refresh::RefreshToken;
use crate::roles::Roles;
use crate::tickets::Ticket;
use crate::{StartError, identity, seed};
use aws_lc_rs::pbkdf2;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::num::NonZeroU32;
use std::path::Path;

/// Few rounds: the passwords are printed on the sign-in page.
const ROUNDS: NonZeroU32 = NonZeroU32::new(1000).unwrap();
/// Attempts at a password in a minute.
const ATTEMPTS: usize = 10;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) organizations: Vec<Organization>,
    pub(crate) users: Vec<User>,
    pub(crate) memberships: Vec<Membership>,
    pub(crate) sessions: Vec<Session>,
    /// Whether everybody must work for an organization; a setting of the instance.
    #[serde(skip)]
    pub(crate) membership_required: bool,
    #[serde(default)]
    pub(crate) roles: Roles,
    #[serde(default)]
    pub(crate) refresh_tokens: Vec<RefreshToken>,
    #[serde(default)]
    pub(crate) dev_browsers: Vec<DevBrowser>,
    #[serde(default)]
    pub(crate) invitations: Vec<Invitation>,
    #[serde(default)]
    pub(crate) tickets: Vec<Ticket>,
    /// The mailbox of everybody, oldest first.
    #[serde(default)]
    pub(crate) mails: Vec<Mail>,
    #[serde(skip)]
    pub(crate) flows: Flows,
    /// When wrong passwords were tried, by user; not worth keeping.
    #[serde(skip)]
    pub(crate) attempts: Vec<(String, i64)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    /// `None`: somebody to look at, who cannot sign in.
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
    /// The organization that they chose or joined last.
    #[serde(default)]
    pub(crate) last_organization: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// That somebody belongs to an organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Membership {
    pub(crate) organization: String,
    pub(crate) user: String,
    /// Without `org:`.
    pub(crate) role: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) user: String,
    /// Value of the cookie `__client`.
    pub(crate) client: String,
    pub(crate) status: Status,
    pub(crate) browser: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    /// When the password was last checked, Unix milliseconds.
    pub(crate) verified_at: i64,
    /// When the second factor was last checked.
    #[serde(default)]
    pub(crate) second_verified_at: Option<i64>,
    /// The organization that the session works for; none is the personal account.
    #[serde(default)]
    pub(crate) organization: Option<String>,
    /// When its browser turned to it last; of several sessions the newest choice is the active one.
    #[serde(default)]
    pub(crate) chosen_at: i64,
    /// Who acts here in the name of the user (claim `act`).
    #[serde(default)]
    pub(crate) actor: Option<Value>,
    /// When it ends by itself, where that was asked for; else after a week.
    #[serde(default)]
    pub(crate) ends_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Active,
    /// Signed in, with a task left; counts as signed out for applications.
    Pending,
    Ended,
    Revoked,
    /// Its longest life is over. Nobody is told by webhook.
    Expired,
}

impl Status {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Ended => "ended",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

impl User {
    pub(crate) fn new(id: &str, name: (&str, &str), email: &str, password: Option<&str>, created_at: i64) -> Self {
        Self {
            id: id.to_owned(),
            first_name: name.0.to_owned(),
            last_name: name.1.to_owned(),
            email: email.to_owned(),
            password: password.map(|password| hash(id, password)),
            totp: None,
            banned: false,
            locked: false,
            metadata: Metadata::default(),
            last_organization: None,
            created_at,
            updated_at: created_at,
        }
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    pub(crate) fn can_use_password(&self) -> bool {
        self.password.is_some()
    }

    pub(crate) fn set_password(&mut self, password: &str) {
        self.password = Some(hash(&self.id, password));
    }

    fn has_password(&self, password: &str) -> bool {
        let Some(hash) = &self.password else { return false };
        pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, self.id.as_bytes(), password.as_bytes(), hash).is_ok()
    }
}

fn hash(id: &str, password: &str) -> Vec<u8> {
    let mut hash = vec![0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, id.as_bytes(), password.as_bytes(), &mut hash);
    hash
}

/// Files of the first version know one organization.
fn is_of_an_earlier_version(bytes: &[u8]) -> bool {
    let state: Option<serde_json::Value> = serde_json::from_slice(bytes).ok();
    state.is_some_and(|state| state.get("organization").is_some())
}

/// Why a password was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PasswordError {
    /// Wrong, or nobody has this address: the same answer for both.
    Wrong,
    /// Too many attempts in a minute.
    TooMany,
    /// The account is locked.
    Locked,
    /// The account is banned.
    Banned,
}

impl State {
    pub(crate) fn open(folder: &Path, declared: &[String]) -> Result<Self, StartError> {
        let file = folder.join("state.json");
        match std::fs::read(&file) {
            Ok(bytes) if !is_of_an_earlier_version(&bytes) => {
                let mut state: Self =
                    serde_json::from_slice(&bytes).map_err(|error| StartError::File(file, error.to_string()))?;
                seed::upgrade(&mut state, declared, crate::now_ms());
                Ok(state)
            }
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(StartError::Folder(file, error.to_string()))
            }
            absent_or_old => {
                if absent_or_old.is_ok() {
                    tracing::warn!("the local Clerk begins anew: its state was written by an earlier version");
                }
                let state = seed::everybody(declared, crate::now_ms());
                state.save(folder).map_err(|error| StartError::Folder(file, error.to_string()))?;
                Ok(state)
            }
        }
    }

    pub(crate) fn save(&self, folder: &Path) -> std::io::Result<()> {
        identity::write(folder, &folder.join("state.json"), &serde_json::to_vec_pretty(self)?)
    }

    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// The running session of a browser.
    pub(crate) fn session_of_client(&self, client: &str) -> Option<&Session> {
        self.sessions_of_client(client).max_by_key(|session| session.chosen_at)
    }

    pub(crate) fn session_mut(&mut self, id: &str) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.id == id)
    }

    /// Whether another attempt is open to somebody.
    pub(crate) fn may_try(&mut self, who: &str, now_ms: i64) -> bool {
        self.attempts.retain(|(_, at)| now_ms - at < 60_000);
        self.attempts.iter().filter(|(found, _)| found == who).count() < ATTEMPTS
    }

    /// The user with this address and password.
    pub(crate) fn check_password(&mut self, email: &str, password: &str, now_ms: i64) -> Result<String, PasswordError> {
        let email = email.trim().to_lowercase();
        if !self.may_try(&email, now_ms) {
            return Err(PasswordError::TooMany);
        }
        match self.users.iter().find(|user| user.email == email && user.has_password(password)) {
            Some(user) => user.may_come_in().map(|()| user.id.clone()),
            None => {
                self.attempts.push((email, now_ms));
                Err(PasswordError::Wrong)
            }
        }
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id == id)
    }

    /// By id, or by its name in addresses.
    pub(crate) fn organization(&self, name: &str) -> Option<&Organization> {
        self.organizations.iter().find(|organization| organization.id == name || organization.slug == name)
    }

    pub(crate) fn membership(&self, organization: &str, user: &str) -> Option<&Membership> {
        self.memberships.iter().find(|membership| membership.organization == organization && membership.user == user)
    }

    pub(crate) fn memberships_of<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a Membership> {
        self.memberships.iter().filter(move |membership| membership.user == user)
    }
}
