//! The dashboard.

use super::audit::AuditEntryView;
use super::organizations::OrganizationView;
use serde::{Deserialize, Serialize};

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
    /// The newest entries of the audit log.
    pub latest: Vec<AuditEntryView>,
}
