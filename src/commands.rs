//! Commands: operations that change something at Clerk.
//!
//! A command calls Clerk first, because Clerk signs the next token, and then stores the answer and the
//! audit entry in one transaction. It runs in a task of its own, so a client that disconnects cannot
//! lose the audit entry. A refusal by Clerk is recorded as every other refusal.

mod assignable_roles;
mod error;
mod invitations;
mod members;
mod sessions;
mod users;

pub use error::{CommandError, refusal_of};
pub use invitations::{invite_member, revoke_invitation};
pub use members::{change_role, remove_member};
pub use sessions::{revoke_session, sign_out_everywhere};
pub use users::{ban_user, lock_user, unban_user, unlock_user};

use crate::access::Granted;
use domain::operation::Operation;
use std::future::Future;
use std::pin::Pin;

type Work<'a> = Pin<Box<dyn Future<Output = Result<(), CommandError>> + Send + 'a>>;

/// Runs a command in its own task, so it finishes even if the caller stops waiting.
async fn run_detached<Op: Operation>(
    grant: Granted<Op>,
    command: impl for<'a> FnOnce(&'a Granted<Op>) -> Work<'a> + Send + 'static,
) -> Result<(), CommandError> {
    let task = tokio::spawn(async move {
        let outcome = command(&grant).await;
        if let Err(error) = &outcome {
            let (operation, request_id) = (Op::DECLARATION.name, grant.request_id());
            tracing::warn!(%error, operation, request_id, "a command failed; Clerk may have made part of the change");
            grant.record_denial(&error.refusal());
        }
        outcome
    });
    task.await.map_err(|_| CommandError::Aborted)?
}
