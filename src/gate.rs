//! Who is asking: a request becomes a [`Visitor`] here, once, before any other code looks at it.
//!
//! The gate holds everything that a request may need (keys, limiter, database, Backend API); a visitor carries it, sealed. Code without a
//! visitor has no data to reach, so a forgotten layer is an error on every page and never an open door.

use crate::claims::Session;
use crate::clerk_api::ClerkApi;
use crate::client_address::requester;
use crate::ended::EndedSessions;
use crate::ids::OrganizationId;
use crate::keys::{KeyError, KeySource};
use crate::limit::Limiter;
use crate::refused_calls::RefusedCalls;
use crate::request::{self, Answers, Head, Need, Settings, State, Step};
use crate::store::Store;
use http::{HeaderName, HeaderValue};
use std::net::IpAddr;
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
    /// The organization of whoever runs the instance, where permissions count that reach beyond an organization. `None`: they count nowhere.
    pub operators: Option<OrganizationId>,
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
    /// The browser must go elsewhere first (307). The headers say that it is never cached.
    Redirect(HeaderValue, Vec<(HeaderName, HeaderValue)>),
    /// The keys cannot be had: 503, and nobody is taken for signed out.
    Unavailable,
    /// Development only: the cookies of this browser are of another instance, and only the person can clear them.
    ForeignCookies,
}

/// One request's caller. Only [`Gate::admit`] makes one.
#[derive(Clone)]
pub struct Visitor {
    session: Option<Arc<Session>>,
    /// One that counts as signed out until its tasks are done.
    pending: Option<Arc<Session>>,
    /// For which organization the page was made that calls, where it says so.
    made_for: Option<Arc<str>>,
    gate: Gate,
    request_id: Arc<str>,
    now_ms: i64,
}

/// A handshake token, the session in it and the session of a cookie may name a key each; then the payload of a nonce, and a refresh. More would
/// be a loop.
const MAX_ANSWERS: usize = 5;

/// Nonces and refresh tokens are asked for at Clerk, whose limits are shared by everybody: so many from one address in a minute.
const LOOKUPS_PER_MINUTE: u64 = 60;

impl Gate {
    /// Builds the gate.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Tells who is asking. `address` is the client's, where it is known.
    pub async fn admit(&self, head: Head<'_>, address: Option<IpAddr>, request_id: &str, now_ms: i64) -> Admission {
        let mut answers = Answers::default();
        for _ in 0..=MAX_ANSWERS {
            match request::decide(head, &self.0.settings, &answers, now_ms) {
                Step::Done(decision) => return self.admission(decision, request_id, now_ms),
                Step::Needs(Need::Key(kid)) => match self.0.keys.key(kid.as_deref(), now_ms).await {
                    Ok(key) => answers.keys.push((kid, Some(key))),
                    Err(KeyError::Unknown) => answers.keys.push((kid, None)),
                    Err(KeyError::Unavailable) => return Admission::Unavailable,
                },
                Step::Needs(Need::HandshakePayload(nonce)) => {
                    answers.handshake_payload = Some(self.handshake_payload(&nonce, address, now_ms).await);
                }
                Step::Needs(Need::Refresh(refresh)) => {
                    answers.refreshed = Some(if self.may_look_up(address, now_ms).await {
                        self.0.clerk_api.refresh(&refresh).await
                    } else {
                        Err("too-many-requests".to_owned())
                    });
                }
            }
        }
        tracing::error!("a request asked for more than it can need");
        Admission::Unavailable
    }

    /// A nonce that cannot be looked up brings nothing (Clerk behaviour).
    async fn handshake_payload(&self, nonce: &str, address: Option<IpAddr>, now_ms: i64) -> Vec<String> {
        if !self.may_look_up(address, now_ms).await {
            return Vec::new();
        }
        self.0.clerk_api.handshake_payload(nonce).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the payload of a handshake could not be had");
            Vec::new()
        })
    }

    /// While the limiter is down nobody is kept from signing in.
    async fn may_look_up(&self, address: Option<IpAddr>, now_ms: i64) -> bool {
        let who = requester(address);
        let prefix = format!("{}:clerk_lookup", self.0.rate_limit_prefix);
        let taken = self.0.limiter.take(&prefix, &who, LOOKUPS_PER_MINUTE, 60_000, 1, now_ms).await;
        taken.is_ok_and(|verdict| verdict.admitted) || taken.is_err()
    }

    fn admission(&self, decision: request::Decision, request_id: &str, now_ms: i64) -> Admission {
        if let Some(location) = decision.location {
            return Admission::Redirect(location, decision.headers);
        }
        let (session, pending) = match decision.state {
            State::ForeignHandshake(reason) => {
                tracing::error!(
                    reason = reason.as_str(),
                    "a handshake was not signed by this instance: the keys were switched"
                );
                return Admission::ForeignCookies;
            }
            State::SignedIn(session) if self.0.ended.has_ended(&session, now_ms) => (None, None),
            State::SignedIn(session) if session.is_pending() => (None, Some(Arc::from(session))),
            State::SignedIn(mut session) => {
                if self.0.ended.has_left(&session, now_ms) {
                    session.organization = None;
                }
                (Some(Arc::from(session)), None)
            }
            State::SignedOut(_) | State::Handshake(_) => (None, None),
        };
        let visitor =
            Visitor { session, pending, made_for: None, gate: self.clone(), request_id: request_id.into(), now_ms };
        Admission::Visitor(visitor, decision.headers)
    }

    /// What a development instance knows this browser by.
    #[must_use]
    pub fn dev_browser(&self, headers: &http::HeaderMap) -> Option<String> {
        request::dev_browser(headers, &self.0.settings)
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

    /// Whether somebody is signed in who has something left to do first, such as choosing an organization. They count as signed out.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// The same person, calling from a page that was made for an organization.
    #[must_use]
    pub fn from_page_of(self, organization: &str) -> Self {
        Self { made_for: Some(organization.into()), ..self }
    }

    pub(crate) fn made_for(&self) -> Option<&str> {
        self.made_for.as_deref()
    }

    /// What ends with a sign-out: the session, whether or not it has tasks left.
    pub(crate) fn any_session(&self) -> Option<&Session> {
        self.session.as_deref().or(self.pending.as_deref())
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
