//! Who is asking: a request becomes a [`Visitor`] here, once, before any other code looks at it.
//!
//! The gate holds everything that a request may need (keys, limiter, database, Backend API); a visitor carries it, sealed. Code without a
//! visitor has no data to reach, so a forgotten layer is an error on every page and never an open door.

use crate::claims::Session;
use crate::clerk_api::ClerkApi;
use crate::ended::EndedSessions;
use crate::keys::{KeyError, KeySource};
use crate::limit::Limiter;
use crate::refused_calls::RefusedCalls;
use crate::request::{self, Head, Settings, State, Step};
use crate::store::Store;
use http::{HeaderName, HeaderValue};
use std::sync::Arc;

/// The one way in. Cheap to clone.
#[derive(Clone)]
pub struct Gate(Arc<Parts>);

/// What a gate is made of.
pub struct Parts {
    /// How sessions are recognized.
    pub settings: Settings,
    /// Keys that sign them.
    pub keys: KeySource,
    /// Rate limits.
    pub limiter: Limiter,
    /// First part of every rate-limit key.
    pub rate_limit_prefix: String,
    /// The database.
    pub store: Store,
    /// Clerk's Backend API.
    pub clerk_api: ClerkApi,
    /// Sessions that ended while their last token still lives.
    pub ended: EndedSessions,
    /// Where refused calls are written down.
    pub refused_calls: RefusedCalls,
}

/// What happens to a request at the gate.
pub enum Admission {
    /// It goes on. The headers belong on its answer.
    Visitor(Visitor, Vec<(HeaderName, HeaderValue)>),
    /// The browser must go elsewhere first (307, never cached).
    Redirect(HeaderValue, Vec<(HeaderName, HeaderValue)>),
    /// The keys cannot be had: 503, and nobody is taken for signed out.
    Unavailable,
}

/// One request's caller. Only [`Gate::admit`] makes one.
#[derive(Clone)]
pub struct Visitor {
    session: Option<Arc<Session>>,
    gate: Gate,
    request_id: Arc<str>,
    now_ms: i64,
}

/// A request needs one key for a returned handshake and one for the session token; more would be a loop.
const MAX_KEYS: usize = 3;

impl Gate {
    /// Builds the gate.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Tells who is asking.
    pub async fn admit(&self, head: Head<'_>, request_id: &str, now_ms: i64) -> Admission {
        let mut keys = Vec::new();
        while keys.len() < MAX_KEYS {
            match request::decide(head, &self.0.settings, &keys, now_ms) {
                Step::Done(decision) => return self.admission(decision, request_id, now_ms),
                Step::NeedsKey(kid) => match self.0.keys.key(kid.as_deref(), now_ms).await {
                    Ok(key) => keys.push((kid, Some(key))),
                    Err(KeyError::Unknown) => keys.push((kid, None)),
                    Err(KeyError::Unavailable) => return Admission::Unavailable,
                },
            }
        }
        tracing::error!("a request asked for more keys than it has tokens");
        Admission::Unavailable
    }

    fn admission(&self, decision: request::Decision, request_id: &str, now_ms: i64) -> Admission {
        let visitor = |session| Visitor { session, gate: self.clone(), request_id: request_id.into(), now_ms };
        match decision.state {
            State::Handshake(location, _) => Admission::Redirect(location, decision.headers),
            State::SignedOut(_) => Admission::Visitor(visitor(None), decision.headers),
            State::SignedIn(session) if session.is_pending() || self.0.ended.contains(&session.id, now_ms) => {
                Admission::Visitor(visitor(None), decision.headers)
            }
            State::SignedIn(session) => Admission::Visitor(visitor(Some(session.into())), decision.headers),
        }
    }

    /// What a gate is made of, for readiness checks and for work without a user.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.0
    }
}

impl Visitor {
    /// The verified session; `None` for nobody.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.session.as_deref()
    }

    /// Id of the request, as in the log.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    pub(crate) fn shared_session(&self) -> Option<Arc<Session>> {
        self.session.clone()
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.now_ms
    }
}
