//! What this Clerk knows: people, an organization, clients and sessions. One JSON file, written whole.

use crate::{StartError, identity, seed};
use aws_lc_rs::pbkdf2;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;
use std::path::Path;

/// Few rounds: the passwords are printed on the sign-in page.
const ROUNDS: NonZeroU32 = NonZeroU32::new(1000).unwrap();
/// Attempts at a password in a minute.
const ATTEMPTS: usize = 10;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) organization: Organization,
    pub(crate) users: Vec<User>,
    pub(crate) sessions: Vec<Session>,
    /// When wrong passwords were tried, by user; not worth keeping.
    #[serde(skip)]
    attempts: Vec<(String, i64)>,
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
    /// Role in the organization, without `org:`.
    pub(crate) role: String,
    /// `None`: somebody to look at, who cannot sign in.
    password: Option<Vec<u8>>,
    pub(crate) created_at: i64,
    pub(crate) role_updated_at: i64,
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Active,
    Ended,
    Revoked,
}

impl Status {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Ended => "ended",
            Self::Revoked => "revoked",
        }
    }
}

impl User {
    pub(crate) fn new(
        id: &str,
        name: (&str, &str),
        email: &str,
        role: &str,
        password: Option<&str>,
        created_at: i64,
    ) -> Self {
        Self {
            id: id.to_owned(),
            first_name: name.0.to_owned(),
            last_name: name.1.to_owned(),
            email: email.to_owned(),
            role: role.to_owned(),
            password: password.map(|password| hash(id, password)),
            created_at,
            role_updated_at: created_at,
        }
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
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

/// Why a password was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PasswordError {
    /// Wrong, or nobody has this address: the same answer for both.
    Wrong,
    /// Too many attempts in a minute.
    TooMany,
}

impl State {
    pub(crate) fn open(folder: &Path) -> Result<Self, StartError> {
        let file = folder.join("state.json");
        match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| StartError::File(file, error.to_string())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let (organization, users, sessions) = seed::everybody(crate::now_ms());
                let state = Self { organization, users, sessions, attempts: Vec::new() };
                state.save(folder).map_err(|error| StartError::File(file, error.to_string()))?;
                Ok(state)
            }
            Err(error) => Err(StartError::File(file, error.to_string())),
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
        let is_its = |session: &&Session| session.client == client && session.status == Status::Active;
        // The seeded sessions belong to no browser, and neither does whoever comes without a name.
        if client.is_empty() { None } else { self.sessions.iter().rev().find(is_its) }
    }

    pub(crate) fn session_mut(&mut self, id: &str) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.id == id)
    }

    /// The user with this address and password.
    pub(crate) fn check_password(&mut self, email: &str, password: &str, now_ms: i64) -> Result<String, PasswordError> {
        let email = email.trim().to_lowercase();
        self.attempts.retain(|(_, at)| now_ms - at < 60_000);
        if self.attempts.iter().filter(|(who, _)| *who == email).count() >= ATTEMPTS {
            return Err(PasswordError::TooMany);
        }
        match self.users.iter().find(|user| user.email == email && user.has_password(password)) {
            Some(user) => Ok(user.id.clone()),
            None => {
                self.attempts.push((email, now_ms));
                Err(PasswordError::Wrong)
            }
        }
    }

    /// Signs a browser in under a new client id, so that an id known before is worth nothing after.
    pub(crate) fn sign_in(&mut self, user: &str, browser: &str, now_ms: i64) -> Session {
        let session = Session {
            id: format!("sess_{}", identity::random_id()),
            user: user.to_owned(),
            client: format!("client_{}", identity::random_id()),
            status: Status::Active,
            browser: browser.to_owned(),
            created_at: now_ms,
            updated_at: now_ms,
            verified_at: now_ms,
        };
        self.sessions.push(session.clone());
        session
    }
}
