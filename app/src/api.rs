//! One thin server function per operation: authorize, call, answer. Each answers with a view and
//! never with a row of the database, because the source of the page contains the whole answer
//! (ASVS 15.3.1).

#![expect(missing_docs, reason = "the server macro makes a public field of each argument; the operation documents it")]

// example:begin activity
mod activity;
// example:end activity
// example:begin views
mod audit_views;
// example:end views
// example:begin bulk
mod bulk;
// example:end bulk
// example:begin invitations
mod invitations;
// example:end invitations
// example:begin sessions
mod session_list;
// example:end sessions
// example:begin users
mod users;
// example:end users
// example:begin webhooks
mod webhooks;
// example:end webhooks

// example:begin activity
pub use activity::ShowActivity;
// example:end activity
// example:begin views
pub use audit_views::{DeleteAuditView, ListAuditViews, SaveAuditView};
// example:end views
// example:begin bulk
pub use bulk::{ChangeRoles, RemoveMembers, SignOutMembers, change_roles, remove_members, sign_out_members};
// example:end bulk
// example:begin invitations
pub use invitations::{InviteMember, ListInvitations, ResendInvitation, RevokeInvitation};
// example:end invitations
// example:begin sessions
pub use session_list::ListSessions;
// example:end sessions
// example:begin users
pub use users::{BanUser, ListUsers, LockUser, ShowUser, UnbanUser, UnlockUser};
// example:end users
// example:begin webhooks
pub use webhooks::{ListJobs, ListWebhooks, ReapplyWebhook, ShowWebhook};
// example:end webhooks

use crate::call_error::CallError;
use domain::operation::{
    AuditEntryDetailsView, AuditPageView, DashboardView, MemberDetailsView, MembersView, OrganizationView,
    OrganizationsView, RoleView, SecurityView, SettingsView,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::authorize::require,
    crate::refuse,
    domain::operation,
    gatehouse::{commands, security_overview, store},
};

/// Reads the dashboard.
#[server(endpoint = "show_dashboard", prefix = "/api")]
pub async fn show_dashboard() -> Result<DashboardView, CallError> {
    let granted = require(operation::ShowDashboard {}).await?;
    store::dashboard::show(&granted).await.map_err(refuse::store_error)
}

/// Collects the facts about the security of the instance.
#[server(endpoint = "show_security", prefix = "/api")]
pub async fn show_security() -> Result<SecurityView, CallError> {
    let granted = require(operation::ShowSecurity {}).await?;
    security_overview::show(&granted).await.map_err(refuse::store_error)
}

/// Reads the settings.
#[server(endpoint = "show_settings", prefix = "/api")]
pub async fn show_settings() -> Result<SettingsView, CallError> {
    let granted = require(operation::ShowSettings {}).await?;
    store::settings::show(&granted).await.map_err(refuse::store_error)
}

/// Names the organizations of the caller.
#[server(endpoint = "list_organizations", prefix = "/api")]
pub async fn list_organizations() -> Result<OrganizationsView, CallError> {
    let granted = require(operation::ListOrganizations {}).await?;
    store::organizations::list(&granted).await.map_err(refuse::store_error)
}

/// Gives the active organization another display name.
#[server(endpoint = "rename_organization", prefix = "/api")]
pub async fn rename_organization(name: String, #[server(default)] seen: String) -> Result<OrganizationView, CallError> {
    let granted = require(operation::RenameOrganization { name, seen }).await?;
    store::organizations::rename(&granted).await.map_err(refuse::store_error)
}

/// Reads one page of the members; `query` is a part of a name, an address or an id, `role` and
/// `state` filter, and `sort` chooses the order.
#[server(endpoint = "list_members", prefix = "/api")]
pub async fn list_members(
    #[server(default)] page: String,
    #[server(default)] query: String,
    #[server(default)] role: String,
    #[server(default)] state: String,
    #[server(default)] removed: String,
    #[server(default)] sort: String,
) -> Result<MembersView, CallError> {
    let granted = require(operation::ListMembers { page, query, role, state, removed, sort }).await?;
    store::members::list(&granted).await.map_err(refuse::store_error)
}

/// Reads a member with their sessions.
#[server(endpoint = "show_member", prefix = "/api")]
pub async fn show_member(user_id: String) -> Result<MemberDetailsView, CallError> {
    let granted = require(operation::ShowMember { user_id }).await?;
    store::members::show(&granted).await.map_err(refuse::store_error)
}

/// Gives a member another role: first at Clerk, then here.
#[server(endpoint = "change_role", prefix = "/api")]
pub async fn change_role(user_id: String, role: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::ChangeRole { user_id, role, reason }).await?;
    commands::change_role(granted).await.map_err(refuse::command_error)
}

/// Takes a member out of the organization: first at Clerk, then here.
#[server(endpoint = "remove_member", prefix = "/api")]
pub async fn remove_member(user_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::RemoveMember { user_id, reason }).await?;
    commands::remove_member(granted).await.map_err(refuse::command_error)
}

/// Reads the roles.
#[server(endpoint = "list_roles", prefix = "/api")]
pub async fn list_roles() -> Result<Vec<RoleView>, CallError> {
    let granted = require(operation::ListRoles {}).await?;
    store::roles::list(&granted).await.map_err(refuse::store_error)
}

/// Ends a session of a member: first at Clerk, then here, where its token stops working at once.
#[server(endpoint = "revoke_session", prefix = "/api")]
pub async fn revoke_session(session_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::RevokeSession { session_id, reason }).await?;
    commands::revoke_session(granted).await.map_err(refuse::command_error)
}

/// Ends the other sessions of the caller: first at Clerk, then here.
#[server(endpoint = "revoke_other_sessions", prefix = "/api")]
pub async fn revoke_other_sessions(#[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::RevokeOtherSessions { reason }).await?;
    commands::revoke_other_sessions(granted).await.map_err(refuse::command_error)
}

/// Ends every session of a member: first at Clerk, then here.
#[server(endpoint = "sign_out_everywhere", prefix = "/api")]
pub async fn sign_out_everywhere(user_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::SignOutEverywhere { user_id, reason }).await?;
    commands::sign_out_everywhere(granted).await.map_err(refuse::command_error)
}

/// Reads one page of the audit log, newest first, as far as it matches the filter.
#[server(endpoint = "list_audit", prefix = "/api")]
pub async fn list_audit(
    #[server(default)] page: String,
    #[server(default)] person: String,
    #[server(default)] actor: String,
    #[server(default)] operation: String,
    #[server(default)] outcome: String,
    #[server(default)] from_ms: i64,
    #[server(default)] to_ms: i64,
) -> Result<AuditPageView, CallError> {
    let granted = require(operation::ListAudit { page, person, actor, operation, outcome, from_ms, to_ms }).await?;
    store::audit::list(&granted).await.map_err(refuse::store_error)
}

/// Reads an entry of the audit log.
#[server(endpoint = "show_audit_entry", prefix = "/api")]
pub async fn show_audit_entry(entry_id: String) -> Result<AuditEntryDetailsView, CallError> {
    let granted = require(operation::ShowAuditEntry { entry_id }).await?;
    store::audit::show(&granted).await.map_err(refuse::store_error)
}
