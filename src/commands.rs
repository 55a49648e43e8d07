//! Commands: operations that change something at Clerk.
//!
//! A command calls Clerk first, because Clerk signs the next token. It then stores the answer and
//! the audit entry in one transaction. It runs in its own task, so a client that disconnects cannot
//! lose the audit entry. The audit log records a refusal by Clerk like every other refusal.

mod assignable_roles;
mod error;
mod invitations;
mod members;
mod run_detached;
mod sessions;
mod users;

pub use error::{CommandError, refusal_of};
pub use invitations::{invite_member, revoke_invitation};
pub use members::{change_role, remove_member};
pub use sessions::{revoke_session, sign_out_everywhere};
pub use users::{ban_user, lock_user, unban_user, unlock_user};
