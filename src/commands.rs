//! Commands: operations that change something at Clerk.
//!
//! A command first commits its intent. It then asks Clerk, because Clerk signs the next token, and
//! stores the answer, the audit entry and the end of the intent in one transaction. It runs in its
//! own task, so a client that disconnects cannot lose the audit entry; the server waits for it
//! before it exits. `reconciliation` ends what a stop or an outage left open.

mod assignable_roles;
mod bulk; // example:line bulk
mod error;
mod execute;
mod invitations; // example:line invitations
mod members;
mod observe;
mod reconciliation;
mod run;
mod sessions;
mod users; // example:line users

pub use bulk::{change_roles, remove_members, sign_out_members}; // example:line bulk
pub use error::{CommandError, refusal_of};
pub use invitations::{invite_member, resend_invitation, revoke_invitation}; // example:line invitations
pub use members::{change_role, remove_member};
pub use reconciliation::Reconciliation;
pub use sessions::{revoke_other_sessions, revoke_session, sign_out_everywhere};
pub use users::{ban_user, lock_user, unban_user, unlock_user}; // example:line users
