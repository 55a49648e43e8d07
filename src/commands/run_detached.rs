//! Execution of commands in tasks of their own, so that a command finishes even if the client
//! disconnects.

use super::error::CommandError;
use crate::access::Granted;
use domain::operation::Operation;
use std::future::Future;
use std::pin::Pin;

pub(super) type Work<'a> = Pin<Box<dyn Future<Output = Result<(), CommandError>> + Send + 'a>>;

/// Runs a command in its own task and waits for it. A command that fails leaves a log line and a
/// denial in the audit log.
pub(super) async fn run_detached<Op: Operation>(
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
