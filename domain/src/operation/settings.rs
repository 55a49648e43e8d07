//! The operation behind the settings.

use super::declaration::Declaration;
use super::definition::Operation;
use super::members::SessionView;
use super::organizations::OrganizationView;
use super::target::NoUser;
use crate::input::TextFields;
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Shows the active organization, and the caller with their sessions.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ShowSettings {}

impl Operation for ShowSettings {
    const DECLARATION: Declaration = Declaration::read("show_settings");
    const TEXT_FIELDS: TextFields = &[];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// The active organization, and the caller with their sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    /// The active organization.
    pub organization: OrganizationView,
    /// The caller's name; the user id where Clerk has reported none.
    pub person: String,
    /// The caller's email address, where Clerk has reported one.
    pub email: Option<String>,
    /// Clerk's id of the caller.
    pub user_id: String,
    /// Role without the leading `org:`.
    pub role: String,
    /// Minutes since the caller last proved their identity, by the token.
    pub verified_minutes_ago: Option<u32>,
    /// Whether that is recent enough for a sensitive change.
    pub fresh: bool,
    /// The caller's running sessions, the newest first.
    pub sessions: Vec<SessionView>,
}
