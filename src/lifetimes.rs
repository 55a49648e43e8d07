//! How long sessions live, beside what Clerk says: `SESSION_MAX_AGE`, `SESSION_IDLE_TIMEOUT`, `SESSION_SINGLE` and the age limit of a permission.
//!
//! The gate asks for every request, so what is known stands in memory: the database is asked when this process meets a session for the first
//! time, and once more before somebody is taken for idle, who may have been active on another server. Activity is written behind, for each
//! session at most once a minute. What ends a session is decided by `rule`; storing it and telling Clerk is the work of `keeper`.

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
use domain::signed_out::SignedOut;
use shared::Shared;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

/// The lifetimes of the sessions that this process meets. Cheap to clone.
#[derive(Clone)]
pub struct Lifetimes(Arc<Shared>);

/// One request of a session.
#[derive(Clone, Copy, Debug)]
pub struct SessionUse<'a> {
    /// The session of its token.
    pub session: &'a SessionClaims,
    /// Whether the person does something: a request that only keeps a tab alive is none.
    pub is_activity: bool,
    /// Id of the request.
    pub request_id: &'a str,
    /// When it arrived, Unix milliseconds.
    pub now_ms: i64,
}

impl Lifetimes {
    /// Nothing is known yet. Starts the tasks that write behind; they end with the last clone.
    #[must_use]
    pub fn new(database: Database, rules: Rules, backend_api: BackendApi, clock: Clock) -> Self {
        let (cache, to_store, to_report) = (Mutex::default(), Arc::default(), Arc::default());
        let shared = Arc::new(Shared { rules, database, backend_api, clock, cache, to_store, to_report });
        background::start(&shared);
        Self(shared)
    }

    /// Tells how the session of a request stands, and notes what the request is for it. No query for a session that is known and goes on.
    ///
    /// # Errors
    /// The database. Then nobody knows how old the session is.
    pub async fn check(&self, usage: SessionUse<'_>) -> Result<SessionStatus, StoreError> {
        let SessionUse { session, is_activity, now_ms, .. } = usage;
        let looked = self.cache().look(&session.id, &self.0.rules, is_activity, now_ms);
        let standing = match looked {
            Some(standing @ SessionStatus::Running(_)) => standing,
            Some(SessionStatus::Ended(SignedOut::SessionIdle)) => self.recheck_idle(usage).await?,
            Some(ended @ SessionStatus::Ended(_)) => ended,
            None => self.first_use(usage).await?,
        };
        if let SessionStatus::Ended(rule) = standing {
            self.end(usage, rule);
        }
        Ok(standing)
    }

    /// The rule that ended a session, as far as this process knows.
    #[must_use]
    pub fn known_end(&self, session: &SessionClaims) -> Option<SignedOut> {
        self.cache().end_of(&session.id)
    }

    /// Ends a session from now on. The audit row is written and Clerk is told in the background, once.
    pub fn end(&self, usage: SessionUse<'_>, rule: SignedOut) {
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

    /// Writes what is not written yet, as the last thing before the process ends.
    pub async fn finish(&self) {
        background::write(&self.0, true).await;
    }

    /// A session that this process meets for the first time, or again after a long while.
    async fn first_use(&self, usage: SessionUse<'_>) -> Result<SessionStatus, StoreError> {
        let SessionUse { session, is_activity, now_ms, .. } = usage;
        let single = self.0.rules.single;
        // Which session is the newest may never have been asked for one that is stored: the setting is new, for example.
        let stored = if single { None } else { lifetimes::find(&self.0.database, &session.id).await? };
        let facts = match stored {
            Some(facts) => facts,
            None => {
                let person = person(session);
                let new = NewSession { session: &session.id, user: &session.user, person: &person, now_ms, single };
                let met = lifetimes::record_first_use(&self.0.database, &new).await?;
                met.replaced.iter().for_each(|replaced| self.cache().note_end(replaced, SignedOut::SessionReplaced));
                met.facts
            }
        };
        Ok(self.cache().learn(&session.id, facts, &self.0.rules, is_activity, now_ms))
    }

    /// Nothing was done here for too long; it may have been on another server.
    async fn recheck_idle(&self, usage: SessionUse<'_>) -> Result<SessionStatus, StoreError> {
        let SessionUse { session, is_activity, now_ms, .. } = usage;
        let Some(facts) = lifetimes::find(&self.0.database, &session.id).await? else {
            return Ok(SessionStatus::Ended(SignedOut::SessionIdle));
        };
        Ok(self.cache().learn(&session.id, facts, &self.0.rules, is_activity, now_ms))
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

/// Whose sessions count together: who acts as somebody else replaces no session of that person.
fn person(session: &SessionClaims) -> String {
    match session.impersonator() {
        Some(impersonator) => format!("{impersonator} as {}", session.user),
        None => session.user.to_string(),
    }
}
