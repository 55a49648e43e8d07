//! Runs commands: each in a task of its own, so that it finishes even if the client disconnects.
//!
//! The intent is committed before Clerk is asked. A command whose outcome is not known, because
//! Clerk or the database does not answer, leaves its intent open; [`super::reconciliation`] ends
//! it.

use super::error::{CommandError, refusal_of};
use super::execute::{ClerkAccess, execute};
use super::observe::{Observed, observe};
use crate::access::Granted;
use crate::store::Intent;
use crate::store::command_intents;
use crate::store::command_outcomes::{self, Effect, Outcome};
use clerk::backend_api::BackendApiError;
use domain::operation::Operation;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// The most time that Clerk has for all calls of one command. The request that waits for it has
/// 25 seconds, and a server that stops waits for running commands.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// When the outcome of a command is looked up whose answer did not arrive.
const SOON_MS: i64 = 5_000;

/// The pauses between attempts to store an outcome.
const PAUSES: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(400), Duration::from_secs(1)];

pub(super) type Begun<'a> = Pin<Box<dyn Future<Output = Result<Intent, CommandError>> + Send + 'a>>;

/// Runs a command and waits for it. A command that fails leaves a log line and an entry in the
/// audit log.
pub(super) async fn run<Op: Operation>(
    grant: Granted<Op>,
    begin: impl for<'a> FnOnce(&'a Granted<Op>) -> Begun<'a> + Send + 'static,
) -> Result<(), CommandError> {
    let running = grant.running_commands().clone();
    let task = running.spawn(async move {
        let (operation, request_id) = (grant.operation(), grant.request_id());
        let intent = begin(&grant).await.inspect_err(|error| {
            tracing::warn!(%error, operation, request_id, "a command was refused before Clerk was asked");
            grant.record_denial(&error.refusal());
        })?;
        let clerk = clerk_access(&grant);
        let answer = tokio::time::timeout(TIME_LIMIT, execute(&clerk, &intent));
        let answer = answer.await.unwrap_or_else(|_| Err(BackendApiError::Unavailable("time limit".to_owned())));
        let concluded = conclude(&grant, &intent, answer).await;
        if let Err(error) = &concluded {
            tracing::warn!(%error, operation, request_id, "a command failed");
            // If the intent is still open, its outcome is looked up soon.
            let soon_ms = grant.now_ms().saturating_add(SOON_MS);
            let _ = command_intents::postpone(grant.database(), &intent, soon_ms).await;
        }
        concluded
    });
    task.await.map_err(|_| CommandError::Aborted)?
}

fn clerk_access<Op: Operation>(grant: &Granted<Op>) -> ClerkAccess<'_> {
    ClerkAccess { api: grant.backend_api(), revoked_sessions: grant.revoked_sessions(), now_ms: grant.now_ms() }
}

async fn conclude<Op: Operation>(
    grant: &Granted<Op>,
    intent: &Intent,
    answer: Result<Effect, BackendApiError>,
) -> Result<(), CommandError> {
    match answer {
        Ok(effect) => {
            let done = if matches!(effect, Effect::Sessions { all: false, .. }) {
                Err(CommandError::SessionsLeft)
            } else if matches!(effect, Effect::NotSentAgain(_)) {
                Err(CommandError::NotSentAgain)
            } else {
                Ok(())
            };
            store(grant, intent, &Outcome::Done(effect)).await?;
            done
        }
        // The intent stays open.
        Err(error @ BackendApiError::Unavailable(_)) => Err(error.into()),
        Err(error) => {
            let (error, outcome) = match observe(grant.backend_api(), intent).await {
                Ok(Observed::Gone(effect)) => (BackendApiError::NotFound, Outcome::AlreadyGone(effect)),
                _ => {
                    let code = refusal_of(&error).code();
                    (error, Outcome::Refused(code))
                }
            };
            // Clerk has answered no, and that is the answer even if the database is down.
            if let Err(unstored) = store(grant, intent, &outcome).await {
                tracing::warn!(error = %unstored, "the refusal of a command is not in the audit log yet");
            }
            Err(error.into())
        }
    }
}

/// Stores the outcome. A database that does not answer is asked again for a few seconds, because
/// Clerk has made the change already.
async fn store<Op: Operation>(grant: &Granted<Op>, intent: &Intent, outcome: &Outcome) -> Result<(), CommandError> {
    for pause in PAUSES {
        match command_outcomes::finish(grant.database(), intent, outcome).await {
            Err(crate::store::StoreError::Unavailable(error)) => {
                tracing::warn!(%error, "the outcome of a command is not stored yet; the server tries again");
                tokio::time::sleep(pause).await;
            }
            stored => return Ok(stored?),
        }
    }
    Ok(command_outcomes::finish(grant.database(), intent, outcome).await?)
}
