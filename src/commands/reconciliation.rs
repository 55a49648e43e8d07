//! Ends the commands that nobody ended: their server stopped, or Clerk or the database did not
//! answer.
//!
//! At the start and every few seconds the open intents are read, and Clerk is asked what became of
//! each. A command is never sent again: the person who sent it may have changed their mind. The
//! audit log then says that it was done, not done, or that nobody knows.

use super::observe::{Observed, observe};
use crate::clock::Clock;
use crate::db::Database;
use crate::gate::Services;
use crate::revoked_sessions::{CLOCK_DIFFERENCE_MS, RevocationList};
use crate::store::command_intents::{self, Change};
use crate::store::command_outcomes::{self, Effect, Outcome};
use crate::store::{Intent, StoreError};
use clerk::backend_api::BackendApi;
use clerk::webhook::Revocation;
use std::time::Duration;

/// The pause between two looks at the open intents.
const EVERY: Duration = Duration::from_secs(5);

/// For this long no other server looks after an intent that this one has taken.
const TAKEN_MS: i64 = 60_000;

/// The longest pause between two questions about one intent.
const LONGEST_PAUSE_MS: i64 = 5 * 60 * 1000;

/// Clerk is asked about a command for one day. Afterwards its outcome counts as unknown.
const GIVE_UP_MS: i64 = 24 * 60 * 60 * 1000;

/// Clerk may still be working on a command after this server has stopped waiting for its answer. A
/// command that is not done counts as refused only after this time.
const LATE_MS: i64 = 30_000;

/// Looks after the open intents of one application.
#[derive(Clone, Debug)]
pub struct Reconciliation {
    database: Database,
    api: BackendApi,
    revoked_sessions: RevocationList,
    clock: Clock,
}

impl Reconciliation {
    /// Uses the services of an application.
    #[must_use]
    pub fn of(services: &Services, clock: Clock) -> Self {
        let Services { database, backend_api, revoked_sessions, .. } = services;
        Self { database: database.clone(), api: backend_api.clone(), revoked_sessions: revoked_sessions.clone(), clock }
    }

    /// Starts to look after open intents, in the background and for as long as the process runs.
    pub fn start(self) {
        tokio::spawn(async move {
            if !self.database.is_shared()
                && let Err(error) = command_intents::end_leases(&self.database).await
            {
                tracing::warn!(%error, "the commands that an earlier process left open are looked after in a minute");
            }
            loop {
                if let Err(error) = self.settle_open().await {
                    tracing::warn!(%error, "the open commands could not be read or ended; the server tries again");
                }
                tokio::time::sleep(EVERY).await;
            }
        });
    }

    /// Looks once at the open intents whose time has come, and returns how many have ended.
    ///
    /// # Errors
    /// The database does not answer or refuses a statement.
    pub async fn settle_open(&self) -> Result<usize, StoreError> {
        let mut ended = 0;
        loop {
            let now_ms = self.clock.now_ms();
            let open = command_intents::take_open(&self.database, now_ms, now_ms.saturating_add(TAKEN_MS)).await?;
            if open.is_empty() {
                return Ok(ended);
            }
            for intent in open {
                ended += usize::from(self.settle(&intent).await?);
            }
        }
    }

    async fn settle(&self, intent: &Intent) -> Result<bool, StoreError> {
        let now_ms = self.clock.now_ms();
        let age_ms = now_ms.saturating_sub(intent.begun_ms());
        let outcome = match observe(&self.api, intent).await {
            Ok(Observed::Done(effect)) => Outcome::Done(effect),
            Ok(Observed::Gone(Effect::Absent)) if asks_for_absence(intent.change()) => Outcome::Done(Effect::Absent),
            Ok(Observed::Gone(effect)) => Outcome::AlreadyGone(effect),
            Ok(Observed::NotDone) if age_ms > LATE_MS => Outcome::NotDone,
            Ok(Observed::NotDone) => return self.ask_again(intent, now_ms).await,
            Err(_) if age_ms > GIVE_UP_MS => Outcome::Unknown,
            Err(error) => {
                tracing::info!(%error, "Clerk does not say what became of a command; the server asks again");
                return self.ask_again(intent, now_ms).await;
            }
        };
        self.revoke(intent, &outcome, now_ms);
        command_outcomes::settle(&self.database, intent, &outcome).await?;
        tracing::warn!(?outcome, "a command that had not ended was looked up at Clerk and has ended now");
        Ok(true)
    }

    async fn ask_again(&self, intent: &Intent, now_ms: i64) -> Result<bool, StoreError> {
        let pause_ms = 5_000_i64.saturating_mul(1 << intent.checks().clamp(0, 10));
        let next_ms = now_ms.saturating_add(pause_ms.min(LONGEST_PAUSE_MS));
        command_intents::postpone(&self.database, intent, next_ms).await?;
        Ok(false)
    }

    /// A token of the session or the membership may be younger than this process.
    fn revoke(&self, intent: &Intent, outcome: &Outcome, now_ms: i64) {
        let organization = &intent.actor().organization;
        let ended = match (outcome, intent.change()) {
            (Outcome::Done(_), Change::RevokeSession { session }) => Revocation::Session(session.clone()),
            (Outcome::Done(_), Change::RemoveMember { user }) => {
                Revocation::Membership(user.clone(), organization.clone())
            }
            _ => return,
        };
        let happened_ms = intent.begun_ms().saturating_add(CLOCK_DIFFERENCE_MS);
        self.revoked_sessions.insert_past(ended, happened_ms, now_ms);
    }
}

fn asks_for_absence(change: &Change) -> bool {
    matches!(change, Change::RemoveMember { .. } | Change::RevokeSession { .. } | Change::RevokeInvitation { .. })
}
