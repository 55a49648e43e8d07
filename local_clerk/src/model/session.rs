//! Sessions, and the browsers that have them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How long a session lives (Clerk's default): seven days.
const LIFETIME_MS: i64 = 7 * 86_400_000;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) user: String,
    /// Value of the cookie `__client`.
    pub(crate) client: String,
    pub(crate) status: Status,
    pub(crate) browser: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    /// When the first factor was last checked, Unix milliseconds.
    pub(crate) verified_at: i64,
    /// When the second factor was last checked.
    pub(crate) second_verified_at: Option<i64>,
    /// The active organization; `None` is the personal account.
    pub(crate) organization: Option<String>,
    /// When the browser selected it. Of several sessions the latest is the active one.
    #[serde(default)]
    pub(crate) chosen_at: i64,
    /// The impersonator (claim `act`).
    pub(crate) actor: Option<Value>,
    /// When it expires, where that differs from the default.
    pub(crate) ends_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    #[default]
    Active,
    /// Signed in with a session task left; applications treat it as signed out.
    Pending,
    Ended,
    Revoked,
    /// The session outlived its lifetime. No webhook tells of it.
    Expired,
}

impl Status {
    /// Whether the browser is signed in; a pending session counts.
    pub(crate) fn is_running(self) -> bool {
        matches!(self, Self::Active | Self::Pending)
    }
}

impl Session {
    pub(crate) fn new(id: &str, user: &str, browser: &Browser, organization: Option<String>, now_ms: i64) -> Self {
        Self {
            id: id.to_owned(),
            user: user.to_owned(),
            client: browser.client.clone(),
            browser: browser.name.to_owned(),
            created_at: now_ms,
            updated_at: now_ms,
            verified_at: now_ms,
            organization,
            chosen_at: now_ms,
            ..Self::default()
        }
    }

    /// When it expires, Unix milliseconds.
    pub(crate) fn expires_at(&self) -> i64 {
        self.ends_at.unwrap_or(self.created_at + LIFETIME_MS)
    }

    pub(crate) fn is_running(&self, now_ms: i64) -> bool {
        self.status.is_running() && now_ms < self.expires_at()
    }

    /// Changes the status. `updated_at` grows strictly, so that events can be ordered by it.
    pub(crate) fn set_status(&mut self, status: Status, now_ms: i64) {
        (self.status, self.updated_at) = (status, now_ms.max(self.updated_at + 1));
    }

    pub(crate) fn actor_id(&self) -> Option<&str> {
        self.actor.as_ref().and_then(|actor| actor["sub"].as_str())
    }
}

/// A browser, by its client id and for people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Browser {
    /// Value of the cookie `__client`; empty for a browser without one, which has no session.
    pub(crate) client: String,
    /// Its family, as session lists show it.
    pub(crate) name: &'static str,
}
