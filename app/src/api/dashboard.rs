//! What the dashboard shows first.

use super::audit::AuditEntryView;
use super::organizations::OrganizationView;
use crate::call_error::CallError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {
    crate::authorize::require,
    crate::refuse,
    clerk::entitlements::{Requirement, satisfies},
    domain::operation::{self, Operation},
    domain::text::{shown, shown_or},
    gatehouse::store,
};

/// Who is signed in, for which organization, and the latest of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardView {
    /// The person's name; the user id where Clerk has told us nothing yet.
    pub person: String,
    /// The person's email address, where known.
    pub email: Option<String>,
    /// Clerk's id of the user.
    pub user_id: String,
    /// Clerk's id of the session, needed to prove oneself again.
    pub session_id: String,
    /// The active organization.
    pub organization: OrganizationView,
    /// Role without the leading `org:`.
    pub role: String,
    /// Minutes since the person last proved who they are, as the token tells.
    pub verified_minutes_ago: Option<u32>,
    /// Whether that is fresh enough for changes.
    pub fresh: bool,
    /// Members of the organization.
    pub members: u32,
    /// Their running sessions.
    pub sessions: u32,
    /// The newest entries of the audit log.
    pub latest: Vec<AuditEntryView>,
}

/// Reads the dashboard.
#[server(endpoint = "show_dashboard", prefix = "/api")]
pub async fn show_dashboard() -> Result<DashboardView, CallError> {
    let granted = require(operation::ShowDashboard {}).await?;
    let row = store::dashboard::show(&granted).await.map_err(refuse::store_error)?;
    let session = granted.session();
    Ok(DashboardView {
        person: shown_or(row.person.as_deref(), granted.actor().user.as_str()),
        email: row.email.as_deref().map(shown),
        user_id: granted.actor().user.to_string(),
        session_id: granted.actor().session.to_string(),
        organization: row.organization.into(),
        role: session.role().to_owned(),
        verified_minutes_ago: session.verified_minutes_ago(),
        fresh: satisfies(
            session,
            &Requirement {
                reverification: operation::RenameOrganization::DECLARATION.reverification,
                ..Requirement::default()
            },
        ),
        members: row.members,
        sessions: row.sessions,
        latest: row.latest.into_iter().map(Into::into).collect(),
    })
}
