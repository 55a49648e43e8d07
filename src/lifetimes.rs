//! Session lifetimes beyond Clerk's own: `SESSION_MAX_AGE`, `SESSION_IDLE_TIMEOUT`,
//! `SESSION_SINGLE` and the age limit of a permission.
//!
//! The gate checks every request, so the facts of known sessions stay in memory. The database is
//! read on the first request of a session in this process, and once more before a session counts as
//! idle, because its user may have been active on another server. Activity is written in the
//! background, at most once a minute for each session. `rule` decides which rule ends a session;
//! `background` stores the end and reports it to Clerk.

mod background;
mod cache;
pub(crate) mod rule;
mod shared;

pub use rule::{Facts, Rules, SessionStatus, verdict};

use crate::actor::Actor;
use crate::clock::Clock;
use crate::db::{Database, StoreError};
use crate::store::lifetimes::{self, End, NewSession};
use cache::SessionCache;
use clerk::backend_api::BackendApi;
use clerk::claims::SessionClaims;
use domain::sign_out_reason::SignOutReason;
use shared::Shared;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

/// The lifetimes of the sessions that this process serves. Cheap to clone.
#[derive(Clone)]
pub struct Lifetimes(Arc<Shared>);

/// A request of a session.
#[derive(Clone, Copy, Debug)]
pub struct SessionUse<'a> {
    /// Claims of the session token.
    pub session: &'a SessionClaims,
    /// Whether the request counts as activity of the user. A request that only keeps a tab alive
    /// does not.
    pub is_activity: bool,
    /// Id of the request.
    pub request_id: &'a str,
    /// When the request arrived, Unix milliseconds.
    pub now_ms: i64,
}

impl Lifetimes {
    /// Starts with an empty cache and two background tasks, which end with the last clone.
    #[must_use]
    pub fn new(database: Database, rules: Rules, backend_api: BackendApi, clock: Clock) -> Self {
        let (cache, to_store, to_report) = (Mutex::default(), Arc::default(), Arc::default());
        let shared = Arc::new(Shared { rules, database, backend_api, clock, cache, to_store, to_report });
        background::start(&shared);
        Self(shared)
    }

    /// Decides whether the session of a request continues, and records its activity. A known,
    /// running session costs no query.
    ///
    /// # Errors
    /// The database does not answer or refuses a statement; the age of the session is unknown then.
    pub async fn check(&self, usage: SessionUse<'_>) -> Result<SessionStatus, StoreError> {
        let SessionUse { session, is_activity, now_ms, .. } = usage;
        let cached = self.cache().observe(&session.id, &self.0.rules, is_activity, now_ms);
        let status = match cached {
            Some(status @ SessionStatus::Running(_)) => status,
            Some(SessionStatus::Ended(SignOutReason::SessionIdle)) => self.recheck_idle(usage).await?,
            Some(ended @ SessionStatus::Ended(_)) => ended,
            None => self.first_use(usage).await?,
        };
        if let SessionStatus::Ended(rule) = status {
            self.end(usage, rule);
        }
        Ok(status)
    }

    /// The rule that ended a session, as far as this process has it in memory.
    #[must_use]
    pub fn known_end(&self, session: &SessionClaims) -> Option<SignOutReason> {
        self.cache().end_of(&session.id)
    }

    /// Ends a session immediately in this process. The background tasks write the audit entry and
    /// revoke the session at Clerk, once.
    pub fn end(&self, usage: SessionUse<'_>, rule: SignOutReason) {
        let SessionUse { session, now_ms, .. } = usage;
        let end = || End {
            session: session.id.clone(),
            rule,
            actor: Actor::of(session),
            request_id: usage.request_id.to_owned(),
            at_ms: now_ms,
        };
        if self.cache().end(&session.id, rule, end) {
            tracing::info!(session = session.id.as_str(), rule = rule.code(), "a rule ended a session");
            self.0.to_store.notify_one();
        }
    }

    /// Writes all pending activity and ends. The server calls it last before the process exits.
    pub async fn finish(&self) {
        background::write(&self.0, true).await;
    }

    /// Handles the first request of a session in this process, also after its eviction from the
    /// cache.
    async fn first_use(&self, usage: SessionUse<'_>) -> Result<SessionStatus, StoreError> {
        let SessionUse { session, is_activity, now_ms, .. } = usage;
        let single = self.0.rules.single;
        // A stored session may date from before `SESSION_SINGLE` was set, so the newest session of
        // the person is determined again.
        let stored = if single { None } else { lifetimes::find(&self.0.database, &session.id).await? };
        let facts = match stored {
            Some(facts) => facts,
            None => {
                let person = person(session);
                let new = NewSession { session: &session.id, user: &session.user, person: &person, now_ms, single };
                let first_use = lifetimes::record_first_use(&self.0.database, &new).await?;
                first_use
                    .replaced
                    .iter()
                    .for_each(|replaced| self.cache().record_end(replaced, SignOutReason::SessionReplaced));
                first_use.facts
            }
        };
        Ok(self.cache().merge(&session.id, facts, &self.0.rules, is_activity, now_ms))
    }

    /// Reads the facts from the database again, because the user may have been active on another
    /// server.
    async fn recheck_idle(&self, usage: SessionUse<'_>) -> Result<SessionStatus, StoreError> {
        let SessionUse { session, is_activity, now_ms, .. } = usage;
        let Some(facts) = lifetimes::find(&self.0.database, &session.id).await? else {
            return Ok(SessionStatus::Ended(SignOutReason::SessionIdle));
        };
        Ok(self.cache().merge(&session.id, facts, &self.0.rules, is_activity, now_ms))
    }

    fn cache(&self) -> MutexGuard<'_, SessionCache> {
        self.0.cache()
    }
}

impl fmt::Debug for Lifetimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lifetimes")
    }
}

/// The key that groups sessions for `SESSION_SINGLE`. An impersonator has a key of their own, so
/// impersonation does not replace the user's session.
fn person(session: &SessionClaims) -> String {
    match session.impersonator() {
        Some(impersonator) => format!("{impersonator} as {}", session.user),
        None => session.user.to_string(),
    }
}
