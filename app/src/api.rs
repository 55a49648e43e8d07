//! One thin server function per operation: authorize, call, answer. Each answers with a view and
//! never with a row of the database, because the source of the page contains the whole answer
//! (ASVS 15.3.1).

#![expect(missing_docs, reason = "the server macro makes a public field of each argument; the operation documents it")]

mod bulk;

pub use bulk::{ChangeRoles, RemoveMembers, SignOutMembers, change_roles, remove_members, sign_out_members};

use crate::call_error::CallError;
use domain::operation::{
    ActivityView, AuditEntryDetailsView, AuditPageView, DashboardView, InvitationView, JobView, MemberDetailsView,
    MembersView, OrganizationView, OrganizationsView, RoleView, SavedAuditView, SecurityView, SessionsView,
    SettingsView, UserDetailsView, UserView, WebhookDetailsView, WebhookView,
};
use domain::page_view::PageView;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::authorize::require,
    crate::refuse,
    domain::operation,
    domain::refusal::{InvalidFields, Refusal},
    gatehouse::{commands, security_overview, store, user_directory},
};

/// Reads the dashboard.
#[server(endpoint = "show_dashboard", prefix = "/api")]
pub async fn show_dashboard() -> Result<DashboardView, CallError> {
    let granted = require(operation::ShowDashboard {}).await?;
    store::dashboard::show(&granted).await.map_err(refuse::store_error)
}

/// Counts what happened in a period: `hour`, `day` or `week`.
#[server(endpoint = "show_activity", prefix = "/api")]
pub async fn show_activity(#[server(default)] period: String) -> Result<ActivityView, CallError> {
    let granted = require(operation::ShowActivity { period }).await?;
    store::activity::show(&granted).await.map_err(refuse::store_error)
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

/// Reads one page of the members, ordered by name; `query` is a part of a name, an address or an
/// id, and `role` and `state` filter.
#[server(endpoint = "list_members", prefix = "/api")]
pub async fn list_members(
    #[server(default)] page: String,
    #[server(default)] query: String,
    #[server(default)] role: String,
    #[server(default)] state: String,
    #[server(default)] removed: String,
) -> Result<MembersView, CallError> {
    let granted = require(operation::ListMembers { page, query, role, state, removed }).await?;
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

/// Reads the invitations that nobody has answered yet, newest first.
#[server(endpoint = "list_invitations", prefix = "/api")]
pub async fn list_invitations() -> Result<Vec<InvitationView>, CallError> {
    let granted = require(operation::ListInvitations {}).await?;
    store::invitations::list(&granted).await.map_err(refuse::store_error)
}

/// Invites somebody by email: first at Clerk, then here.
#[server(endpoint = "invite_member", prefix = "/api")]
pub async fn invite_member(email_address: String, role: String) -> Result<(), CallError> {
    let granted = require(operation::InviteMember { email_address, role }).await?;
    commands::invite_member(granted).await.map_err(refuse::command_error)
}

/// Takes an invitation back: first at Clerk, then here.
#[server(endpoint = "revoke_invitation", prefix = "/api")]
pub async fn revoke_invitation(invitation_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::RevokeInvitation { invitation_id, reason }).await?;
    commands::revoke_invitation(granted).await.map_err(refuse::command_error)
}

/// Reads the roles.
#[server(endpoint = "list_roles", prefix = "/api")]
pub async fn list_roles() -> Result<Vec<RoleView>, CallError> {
    let granted = require(operation::ListRoles {}).await?;
    store::roles::list(&granted).await.map_err(refuse::store_error)
}

/// Reads one page of the running sessions of the members, the newest first.
#[server(endpoint = "list_sessions", prefix = "/api")]
pub async fn list_sessions(#[server(default)] page: String) -> Result<SessionsView, CallError> {
    let granted = require(operation::ListSessions { page }).await?;
    store::session_list::list(&granted).await.map_err(refuse::store_error)
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

/// Reads one page of the people, newest first; `query` is a part of a name, an address or an id.
#[server(endpoint = "list_users", prefix = "/api")]
pub async fn list_users(
    #[server(default)] page: String,
    #[server(default)] query: String,
) -> Result<PageView<UserView>, CallError> {
    let granted = require(operation::ListUsers { page, query }).await?;
    user_directory::list_users(&granted).await.map_err(refuse::clerk_error)
}

/// Reads a person with their organizations.
#[server(endpoint = "show_user", prefix = "/api")]
pub async fn show_user(user_id: String) -> Result<UserDetailsView, CallError> {
    let granted = require(operation::ShowUser { user_id }).await?;
    let user = user_directory::show_user(&granted).await.map_err(refuse::clerk_error)?;
    let organizations = store::users::organizations(&granted).await.map_err(refuse::store_error)?;
    Ok(UserDetailsView { user, organizations })
}

/// Keeps a person out and ends their sessions: first at Clerk, then here.
#[server(endpoint = "ban_user", prefix = "/api")]
pub async fn ban_user(user_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::BanUser { user_id, reason }).await?;
    commands::ban_user(granted).await.map_err(refuse::command_error)
}

/// Lets a banned person in again: first at Clerk, then here.
#[server(endpoint = "unban_user", prefix = "/api")]
pub async fn unban_user(user_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::UnbanUser { user_id, reason }).await?;
    commands::unban_user(granted).await.map_err(refuse::command_error)
}

/// Keeps a person from signing in: first at Clerk, then here.
#[server(endpoint = "lock_user", prefix = "/api")]
pub async fn lock_user(user_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::LockUser { user_id, reason }).await?;
    commands::lock_user(granted).await.map_err(refuse::command_error)
}

/// Lets a locked person sign in again: first at Clerk, then here.
#[server(endpoint = "unlock_user", prefix = "/api")]
pub async fn unlock_user(user_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::UnlockUser { user_id, reason }).await?;
    commands::unlock_user(granted).await.map_err(refuse::command_error)
}

/// Reads the caller's saved views of the audit log.
#[server(endpoint = "list_audit_views", prefix = "/api")]
pub async fn list_audit_views() -> Result<Vec<SavedAuditView>, CallError> {
    let granted = require(operation::ListAuditViews {}).await?;
    store::audit_views::list(&granted).await.map_err(refuse::store_error)
}

/// Saves a view of the audit log.
#[server(endpoint = "save_audit_view", prefix = "/api")]
pub async fn save_audit_view(name: String, #[server(default)] filter: String) -> Result<(), CallError> {
    let granted = require(operation::SaveAuditView { name, filter }).await?;
    let saved = store::audit_views::save(&granted).await.map_err(refuse::store_error)?;
    // The page hides the form of somebody who has all of their views.
    if saved { Ok(()) } else { Err(refuse::refuse(Refusal::InvalidInput { fields: InvalidFields::new() })) }
}

/// Deletes a saved view of the audit log.
#[server(endpoint = "delete_audit_view", prefix = "/api")]
pub async fn delete_audit_view(view_id: String) -> Result<(), CallError> {
    let granted = require(operation::DeleteAuditView { view_id }).await?;
    store::audit_views::delete(&granted).await.map_err(refuse::store_error)
}

/// Reads one page of the webhooks that Clerk delivered, newest first.
#[server(endpoint = "list_webhooks", prefix = "/api")]
pub async fn list_webhooks(
    #[server(default)] page: String,
    #[server(default)] kind: String,
    #[server(default)] outcome: String,
) -> Result<PageView<WebhookView>, CallError> {
    let granted = require(operation::ListWebhooks { page, kind, outcome }).await?;
    store::webhooks::list(&granted).await.map_err(refuse::store_error)
}

/// Reads a webhook with its masked payload.
#[server(endpoint = "show_webhook", prefix = "/api")]
pub async fn show_webhook(webhook_id: String) -> Result<WebhookDetailsView, CallError> {
    let granted = require(operation::ShowWebhook { webhook_id }).await?;
    store::webhooks::show(&granted).await.map_err(refuse::store_error)
}

/// Applies a stored webhook again.
#[server(endpoint = "reapply_webhook", prefix = "/api")]
pub async fn reapply_webhook(webhook_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::ReapplyWebhook { webhook_id, reason }).await?;
    store::webhook_inbox::apply_again(&granted).await.map_err(refuse::store_error)
}

/// Reads the jobs of the scheduler.
#[server(endpoint = "list_jobs", prefix = "/api")]
pub async fn list_jobs() -> Result<Vec<JobView>, CallError> {
    let granted = require(operation::ListJobs {}).await?;
    store::webhooks::jobs(&granted).await.map_err(refuse::store_error)
}

/// Reads one page of the audit log, newest first, as far as it matches the filter.
#[server(endpoint = "list_audit", prefix = "/api")]
pub async fn list_audit(
    #[server(default)] page: String,
    #[server(default)] actor: String,
    #[server(default)] operation: String,
    #[server(default)] outcome: String,
    #[server(default)] from_ms: i64,
    #[server(default)] to_ms: i64,
) -> Result<AuditPageView, CallError> {
    let granted = require(operation::ListAudit { page, actor, operation, outcome, from_ms, to_ms }).await?;
    store::audit::list(&granted).await.map_err(refuse::store_error)
}

/// Reads an entry of the audit log.
#[server(endpoint = "show_audit_entry", prefix = "/api")]
pub async fn show_audit_entry(entry_id: String) -> Result<AuditEntryDetailsView, CallError> {
    let granted = require(operation::ShowAuditEntry { entry_id }).await?;
    store::audit::show(&granted).await.map_err(refuse::store_error)
}
