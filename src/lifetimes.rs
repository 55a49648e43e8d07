//! How long sessions live, beside what Clerk says: `SESSION_MAX_AGE`, `SESSION_IDLE_TIMEOUT`, `SESSION_SINGLE` and the age limit of a permission.
//!
//! The gate asks for every request, so what is known stands in memory: the database is asked when this process meets a session for the first
//! time, and once more before somebody is taken for idle, who may have been active on another server. Activity is written behind, for each
//! session at most once a minute. What ends a session is decided by `rule`; storing it and telling Clerk is the work of `keeper`.

mod keeper;
mod known;
mod rule;

pub use rule::{Facts, Rules, verdict};

use crate::actor::Actor;
use crate::clock::Clock;
use crate::db::{Database, StoreError};
use crate::store::lifetimes::{self, End, Newcomer};
use clerk::backend_api::BackendApi;
use clerk::claims::SessionClaims;
use domain::signed_out::SignedOut;
use known::Known;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The lifetimes of the sessions that this process meets. Cheap to clone.
#[derive(Clone)]
pub struct Lifetimes(Arc<Parts>);

struct Parts {
    rules: Rules,
    store: Database,
    backend_api: BackendApi,
    clock: Clock,
    known: Mutex<Known>,
    /// There is something to store at once.
    to_store: Arc<Notify>,
    /// There is something to tell Clerk.
    to_tell: Arc<Notify>,
}

/// One request of a session.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The session of its token.
    pub session: &'a SessionClaims,
    /// Whether the person does something: a request that only keeps a tab alive is none.
    pub is_activity: bool,
    /// Id of the request.
    pub request_id: &'a str,
    /// When it arrived, Unix milliseconds.
    pub now_ms: i64,
}

/// How a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It goes on, and is so old, in milliseconds.
    Running(i64),
    /// A rule has ended it.
    Ended(SignedOut),
}

impl Lifetimes {
    /// Nothing is known yet. Starts the tasks that write behind; they end with the last clone.
    #[must_use]
    pub fn kept_in(store: Database, rules: Rules, backend_api: BackendApi, clock: Clock) -> Self {
        let (known, to_store, to_tell) = (Mutex::default(), Arc::default(), Arc::default());
        let parts = Arc::new(Parts { rules, store, backend_api, clock, known, to_store, to_tell });
        keeper::start(&parts);
        Self(parts)
    }

    /// Tells how the session of a request stands, and notes what the request is for it. No query for a session that is known and goes on.
    ///
    /// # Errors
    /// The database. Then nobody knows how old the session is.
    pub async fn ask(&self, asking: Asking<'_>) -> Result<Standing, StoreError> {
        let Asking { session, is_activity, now_ms, .. } = asking;
        let looked = self.known().look(&session.id, &self.0.rules, is_activity, now_ms);
        let standing = match looked {
            Some(standing @ Standing::Running(_)) => standing,
            Some(Standing::Ended(SignedOut::SessionIdle)) => self.idle_everywhere(asking).await?,
            Some(ended @ Standing::Ended(_)) => ended,
            None => self.meet(asking).await?,
        };
        if let Standing::Ended(rule) = standing {
            self.end(asking, rule);
        }
        Ok(standing)
    }

    /// The rule that ended a session, as far as this process knows.
    #[must_use]
    pub fn known_end(&self, session: &SessionClaims) -> Option<SignedOut> {
        self.known().end_of(&session.id)
    }

    /// Ends a session from now on. The audit row is written and Clerk is told in the background, once.
    pub fn end(&self, asking: Asking<'_>, rule: SignedOut) {
        let Asking { session, now_ms, .. } = asking;
        let organization = session.organization.as_ref();
        let end = || End {
            session: session.id.clone(),
            rule,
            actor: organization.map(|organization| Actor {
                user: session.user.clone(),
                session: session.id.clone(),
                organization: organization.id.clone(),
                impersonator: session.impersonator(),
            }),
            request_id: asking.request_id.to_owned(),
            at_ms: now_ms,
        };
        if self.known().end(&session.id, rule, end) {
            tracing::info!(session = session.id.as_str(), rule = rule.code(), "a rule ended a session");
            self.0.to_store.notify_one();
        }
    }

    /// Writes what is not written yet, as the last thing before the process ends.
    pub async fn finish(&self) {
        keeper::write(&self.0, true).await;
    }

    /// A session that this process meets for the first time, or again after a long while.
    async fn meet(&self, asking: Asking<'_>) -> Result<Standing, StoreError> {
        let Asking { session, is_activity, now_ms, .. } = asking;
        let single = self.0.rules.single;
        // Which session is the newest may never have been asked for one that is stored: the setting is new, for example.
        let stored = if single { None } else { lifetimes::find(&self.0.store, &session.id).await? };
        let facts = match stored {
            Some(facts) => facts,
            None => {
                let person = person(session);
                let newcomer = Newcomer { session: &session.id, user: &session.user, person: &person, now_ms, single };
                let met = lifetimes::meet(&self.0.store, &newcomer).await?;
                met.replaced.iter().for_each(|replaced| self.known().note_end(replaced, SignedOut::SessionReplaced));
                met.facts
            }
        };
        Ok(self.known().learn(&session.id, facts, &self.0.rules, is_activity, now_ms))
    }

    /// Nothing was done here for too long; it may have been on another server.
    async fn idle_everywhere(&self, asking: Asking<'_>) -> Result<Standing, StoreError> {
        let Asking { session, is_activity, now_ms, .. } = asking;
        let Some(facts) = lifetimes::find(&self.0.store, &session.id).await? else {
            return Ok(Standing::Ended(SignedOut::SessionIdle));
        };
        Ok(self.known().learn(&session.id, facts, &self.0.rules, is_activity, now_ms))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.known()
    }
}

impl Parts {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
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
