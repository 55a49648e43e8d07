//! Every operation of the application.
//!
//! An operation is a type: its fields are the validated input, and its [`Declaration`] is the
//! policy. The view that it answers with stands in the same file. The source of a page contains the
//! whole view (ASVS 15.3.1), so a view has only what the page shows, and every text of somebody
//! else in it has passed [`crate::text::shown`].
//!
//! The server reads the declarations to guard `/api`, and it does not start when a server
//! function has no declaration. The browser reads the same rules, so it shows an error beside a
//! field before it sends the form.

mod declaration;
mod target;
mod definition;
mod dashboard;
mod activity; // example:line activity
mod organizations;
mod member_sort;
mod members;
mod bulk; // example:line bulk
mod invitations; // example:line invitations
mod roles;
mod security;
mod session_list; // example:line sessions
mod sessions;
mod settings;
mod users; // example:line users
mod audit;
mod audit_views; // example:line views
mod webhooks; // example:line webhooks
#[cfg(test)]
mod tests;

pub use activity::{ActivityView, Counted, Period, ReasonView, ShowActivity}; // example:line activity
pub use audit::{
    AuditEntryDetailsView, AuditEntryView, AuditFilter, AuditPageView, ChangeView, ExportAudit, ListAudit,
    SearchedView, ShowAuditEntry,
};
// example:begin views
pub use audit_views::{DeleteAuditView, ListAuditViews, MAX_AUDIT_VIEWS, SaveAuditView, SavedAuditView};
// example:end views
// example:begin bulk
pub use bulk::{BulkOperation, BulkView, ChangeRoles, NotDoneView, RemoveMembers, SignOutMembers};
// example:end bulk
pub use dashboard::{DashboardView, ShowDashboard};
pub use declaration::{Declaration, Effect, Entitlement, OnOutage, RateLimit};
pub use definition::{Operation, validated};
// example:begin invitations
pub use invitations::{InvitationView, InviteMember, ListInvitations, ResendInvitation, RevokeInvitation};
// example:end invitations
pub use member_sort::MemberSort;
pub use members::{
    ChangeRole, ListMembers, MAX_COUNTED_MEMBERS, MAX_COUNTED_SESSIONS, MemberDetailsView, MemberState, MemberView,
    MembersView, RemoveMember, SessionView, ShowMember, SignOutEverywhere,
};
pub use organizations::{ListOrganizations, OrganizationView, OrganizationsView, RenameOrganization};
pub use roles::{ListRoles, RoleView};
pub use security::{FactView, HeaderView, ReportCountView, SecurityView, ShowSecurity};
// example:begin sessions
pub use session_list::{ListSessions, MemberSessionView, SessionsView};
// example:end sessions
pub use sessions::{RevokeOtherSessions, RevokeSession};
pub use settings::{SettingsView, ShowSettings};
pub use target::OtherMembers; // example:line bulk
pub use target::{AnotherMember, AnotherUser, NoUser, Target};
// example:begin users
pub use users::{
    BanUser, ListUsers, LockUser, ShowUser, UnbanUser, UnlockUser, UserDetailsView, UserOrganizationView, UserView,
};
// example:end users
// example:begin webhooks
pub use webhooks::{
    JobView, ListJobs, ListWebhooks, ReapplyWebhook, RevealWebhook, ShowWebhook, WebhookDetailsView, WebhookView,
};
// example:end webhooks

/// Calls a generic function for the type of every operation, and returns the results as an array.
///
/// This is the only list of operations: the server, the metrics and the generated tests read it. It
/// is a macro because a list of types needs one.
#[macro_export]
macro_rules! for_every_operation {
    ($function:ident) => {
        $crate::for_every_operation!(
            $function: ShowDashboard, ListOrganizations, RenameOrganization, ListMembers, ShowMember, ChangeRole,
            RemoveMember, ListRoles,
            ListInvitations, InviteMember, ResendInvitation, RevokeInvitation, // example:line invitations
            RevokeSession, RevokeOtherSessions, SignOutEverywhere,
            ListAudit, ShowAuditEntry, ExportAudit, ShowSettings, ShowSecurity,
            ShowActivity, // example:line activity
            ChangeRoles, SignOutMembers, RemoveMembers, // example:line bulk
            ListSessions, // example:line sessions
            ListUsers, ShowUser, BanUser, UnbanUser, LockUser, UnlockUser, // example:line users
            ListAuditViews, SaveAuditView, DeleteAuditView, // example:line views
            ListWebhooks, ShowWebhook, RevealWebhook, ReapplyWebhook, ListJobs, // example:line webhooks
        )
    };
    ($function:ident: $($operation:ident),+ $(,)?) => { [$($function::<$crate::operation::$operation>()),+] };
}

/// Every declaration. The server compares the list with the server functions that are linked in,
/// and does not start when they differ.
pub static OPERATIONS: &[&Declaration] = &for_every_operation!(declaration);

const fn declaration<Op: Operation>() -> &'static Declaration {
    &Op::DECLARATION
}
