//! Every operation of the application.
//!
//! An operation is a type: its fields are the validated input, and its [`Declaration`] is the
//! policy. The server reads the declarations to guard `/api`, and it does not start when a server
//! function has no declaration. The browser reads the same rules, so it shows an error beside a
//! field before it sends the form.

mod declaration;
mod target;
mod definition;
mod dashboard;
mod organizations;
mod members;
mod invitations;
mod roles;
mod sessions;
mod users;
mod audit;
#[cfg(test)]
mod tests;

pub use audit::ListAudit;
pub use dashboard::ShowDashboard;
pub use declaration::{Declaration, Effect, OnOutage, RateLimit};
pub use definition::{AssignsRole, Operation, validated};
pub use invitations::{InviteMember, ListInvitations, RevokeInvitation};
pub use members::{ChangeRole, ListMembers, RemoveMember, SignOutEverywhere};
pub use organizations::{ListOrganizations, RenameOrganization};
pub use roles::ListRoles;
pub use sessions::RevokeSession;
pub use target::{AnotherMember, AnotherUser, NoUser, Target};
pub use users::{BanUser, ListUsers, LockUser, UnbanUser, UnlockUser};

/// Every declaration. The server compares the list with the server functions that are linked in,
/// and does not start when they differ.
pub static OPERATIONS: &[&Declaration] = &[
    &ShowDashboard::DECLARATION,
    &ListOrganizations::DECLARATION,
    &RenameOrganization::DECLARATION,
    &ListMembers::DECLARATION,
    &ChangeRole::DECLARATION,
    &RemoveMember::DECLARATION,
    &ListInvitations::DECLARATION,
    &InviteMember::DECLARATION,
    &RevokeInvitation::DECLARATION,
    &ListRoles::DECLARATION,
    &RevokeSession::DECLARATION,
    &SignOutEverywhere::DECLARATION,
    &ListUsers::DECLARATION,
    &BanUser::DECLARATION,
    &UnbanUser::DECLARATION,
    &LockUser::DECLARATION,
    &UnlockUser::DECLARATION,
    &ListAudit::DECLARATION,
];
