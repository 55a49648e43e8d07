//! The operation behind the dashboard.

use super::audit::AuditEntryView;
use super::declaration::Declaration;
use super::definition::Operation;
use super::organizations::OrganizationView;
use super::target::NoUser;
use crate::input::TextFields;
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Shows the signed-in user and the active organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ShowDashboard {}

impl Operation for ShowDashboard {
    const DECLARATION: Declaration = Declaration::read("show_dashboard");
    const TEXT_FIELDS: TextFields = &[];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// The caller, the active organization, and its recent activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardView {
    /// The caller's name; the user id where Clerk has reported none.
    pub person: String,
    /// The caller's email address, where Clerk has reported one.
    pub email: Option<String>,
    /// Clerk's id of the caller.
    pub user_id: String,
    /// The active organization.
    pub organization: OrganizationView,
    /// Role without the leading `org:`.
    pub role: String,
    /// Minutes since the caller last proved their identity, by the token.
    pub verified_minutes_ago: Option<u32>,
    /// Whether that is recent enough for a rename.
    pub fresh: bool,
    /// Members of the organization.
    pub members: u32,
    /// Their active sessions.
    pub sessions: u32,
    /// Whether Clerk has sent a webhook.
    pub has_webhooks: bool,
    /// The newest entries of the audit log.
    pub latest: Vec<AuditEntryView>,
}
