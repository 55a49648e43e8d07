//! The gate authenticates a request: it turns the headers into a [`Visitor`], a redirect or a
//! refusal, before any other code reads the request.
//!
//! The gate holds the services that operations need (keys, limiter, database, Backend API), and a
//! visitor carries them in private fields. Code without a visitor cannot reach data, so a forgotten
//! middleware makes every page fail and never grants access.

mod activity;
mod lookups;
mod services;
mod visitor;

pub use services::Services;
pub use visitor::Visitor;

use crate::lifetimes::{SessionStatus, SessionUse};
use crate::limit::{Budget, Requester};
use clerk::authenticate::{self, AuthState, Lookup, LookupResults, Progress, RequestHead, SignOutTarget};
use clerk::claims::SessionClaims;
use clerk::lookups::MAX_LOOKUPS;
use http::{HeaderName, HeaderValue, Method, header};
use lookups::{LookupFailure, LookupRequest};
use std::sync::Arc;

/// The authentication of requests. Cheap to clone.
#[derive(Clone)]
pub struct Gate(Arc<Services>);

/// The result of the gate for one request.
pub enum Admission {
    /// The request continues. The response gets the headers.
    Visitor(Visitor, Vec<(HeaderName, HeaderValue)>),
    /// The browser follows a redirect first (307). The headers forbid caching.
    Redirect(HeaderValue, Vec<(HeaderName, HeaderValue)>),
    /// No verification keys, or no answer of Clerk: 503. The gate never treats such a visitor as
    /// signed out.
    Unavailable,
    /// Too many lookups at Clerk: 429. The visitor is not signed out and keeps all cookies.
    TooManyLookups(Budget),
    /// Development only: the cookies belong to another instance, and only the user can clear them.
    ForeignCookies,
}

/// The gate has no verification keys, because their source did not answer.
pub(crate) struct Unavailable;

impl Gate {
    /// Builds the gate.
    #[must_use]
    pub fn new(parts: Services) -> Self {
        Self(Arc::new(parts))
    }

    /// Authenticates a request. HEAD gets the answer of GET (RFC 9110 section 9.3.2).
    pub async fn admit(
        &self,
        head: RequestHead<'_>,
        requester: Requester<'_>,
        request_id: &str,
        now_ms: i64,
    ) -> Admission {
        let head = if head.method == Method::HEAD { RequestHead { method: &Method::GET, ..head } } else { head };
        let request = LookupRequest { requester, is_document: head.is_document(), now_ms };
        let (mut results, mut failed_handshake) = (LookupResults::default(), None);
        for _ in 0..=MAX_LOOKUPS {
            let lookup = match authenticate::decide(head, &self.0.settings, &results, now_ms) {
                Progress::Needs(lookup) => lookup,
                // The session of the other cookies counts, although a handshake beside them failed.
                Progress::Done(decision) => match failed_handshake {
                    Some(failure) if !matches!(decision.state, AuthState::SignedIn(_)) => return failed(failure),
                    _ => return self.admit_decided(head, decision, request_id, now_ms).await,
                },
            };
            let is_handshake = matches!(lookup, Lookup::HandshakePayload(_));
            match self.0.look_up(lookup, request, &mut results).await {
                Ok(()) => {}
                Err(failure) if is_handshake => failed_handshake = Some(failure),
                Err(failure) => return failed(failure),
            }
        }
        tracing::error!("the authentication of a request needs more lookups than any valid request; this is a bug");
        Admission::Unavailable
    }

    async fn admit_decided(
        &self,
        head: RequestHead<'_>,
        mut decision: authenticate::Decision,
        request_id: &str,
        now_ms: i64,
    ) -> Admission {
        decision.headers.extend(self.clear_stray_cookies(head.headers));
        match self.session_status(&decision, activity::is_activity(head), request_id, now_ms).await {
            Ok(status) => self.admission(decision, status, request_id, now_ms),
            Err(Unavailable) => Admission::Unavailable,
        }
    }

    /// Finds the session that a sign-out ends. `before` is a token from an earlier attempt.
    ///
    /// # Errors
    /// The key source does not answer.
    pub(crate) async fn sign_out_target(
        &self,
        head: RequestHead<'_>,
        before: Option<&str>,
        now_ms: i64,
    ) -> Result<SignOutTarget, Unavailable> {
        let mut results = LookupResults::default();
        for _ in 0..=MAX_LOOKUPS {
            match authenticate::sign_out_target(head, &self.0.settings, &results, now_ms, before) {
                Ok(target) => return Ok(target),
                Err(lookup) => {
                    // Only keys are looked up here, and keys have no limit.
                    let request = LookupRequest { requester: Requester::Unknown, is_document: false, now_ms };
                    self.0.look_up(lookup, request, &mut results).await.map_err(|_| Unavailable)?;
                }
            }
        }
        Err(Unavailable)
    }

    /// Clears host cookies that duplicate Clerk's cookies for the domain: with both, each visit
    /// would cause a loop of handshakes.
    fn clear_stray_cookies(&self, headers: &http::HeaderMap) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let strays = authenticate::stray_cookies(headers, &self.0.settings).into_iter();
        let cleared =
            strays.filter_map(|name| HeaderValue::from_str(&format!("{name}=; Path=/; Max-Age=0; SameSite=Lax")).ok());
        cleared.map(|value| (header::SET_COOKIE, value))
    }

    /// Checks the session against the lifetime rules. The rules do not apply to a pending session:
    /// it grants nothing and replaces no other session.
    async fn session_status(
        &self,
        decision: &authenticate::Decision,
        is_activity: bool,
        request_id: &str,
        now_ms: i64,
    ) -> Result<SessionStatus, Unavailable> {
        let AuthState::SignedIn(session) = &decision.state else { return Ok(SessionStatus::Running(0)) };
        if session.is_pending() {
            return Ok(SessionStatus::Running(0));
        }
        // Clerk may report the end that this server itself requested, so the rule stays the reason.
        if self.0.revoked_sessions.has_ended(session, now_ms) {
            return Ok(self.0.lifetimes.known_end(session).map_or(SessionStatus::Running(0), SessionStatus::Ended));
        }
        let usage = SessionUse { session, is_activity, request_id, now_ms };
        self.0.lifetimes.check(usage).await.map_err(|error| {
            tracing::error!(%error, "the database did not return the age of a session; the request gets 503");
            Unavailable
        })
    }

    fn admission(
        &self,
        mut decision: authenticate::Decision,
        status: SessionStatus,
        request_id: &str,
        now_ms: i64,
    ) -> Admission {
        log_problem(&decision);
        let (age_ms, signed_out) = match status {
            SessionStatus::Running(age_ms) => (age_ms, None),
            SessionStatus::Ended(reason) => (0, Some(reason)),
        };
        if let Some(reason) = signed_out {
            // The cookies of a handshake may pass. Without them the next request would start
            // another handshake, until Clerk knows that the session has ended.
            decision.state = AuthState::SignedOut(reason.code().into());
        } else if let AuthState::SignedIn(session) = &decision.state
            && self.0.revoked_sessions.has_ended(session, now_ms)
        {
            sign_out(&mut decision);
        }
        if let Some(location) = decision.location {
            return Admission::Redirect(location, decision.headers);
        }
        let Some((session, pending)) = self.sessions_of(decision.state, now_ms) else {
            return Admission::ForeignCookies;
        };
        let visitor = Visitor {
            session,
            pending,
            age_ms,
            signed_out,
            page_organization: None,
            sign_in_problem: decision.problem,
            services: Arc::clone(&self.0),
            request_id: request_id.into(),
            now_ms,
        };
        Admission::Visitor(visitor, decision.headers)
    }

    /// The active and the pending session, of which at most one exists; `None` for cookies of
    /// another instance.
    fn sessions_of(&self, state: AuthState, now_ms: i64) -> Option<(SharedSession, SharedSession)> {
        match state {
            AuthState::ForeignHandshake(reason) => {
                tracing::error!(
                    reason = reason.as_str(),
                    "a handshake was not signed by this instance: set CLERK_PUBLISHABLE_KEY, CLERK_SECRET_KEY and \
                     CLERK_JWT_KEY of one instance, and after a change of the keys clear the cookies of the site"
                );
                None
            }
            AuthState::SignedIn(session) if session.is_pending() => Some((None, Some(Arc::from(session)))),
            AuthState::SignedIn(mut session) => {
                if self.0.revoked_sessions.has_left(&session, now_ms) {
                    session.organization = None;
                }
                Some((Some(Arc::from(session)), None))
            }
            AuthState::SignedOut(_) | AuthState::Handshake(_) => Some((None, None)),
        }
    }

    /// The id of this browser at a development instance.
    #[must_use]
    pub fn dev_browser(&self, headers: &http::HeaderMap) -> Option<String> {
        authenticate::dev_browser(headers, &self.0.settings)
    }

    /// The services, for readiness checks and for work without a user.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.0
    }
}

fn failed(failure: LookupFailure) -> Admission {
    match failure {
        LookupFailure::Unavailable => Admission::Unavailable,
        LookupFailure::TooMany(budget) => Admission::TooManyLookups(budget),
    }
}

type SharedSession = Option<Arc<SessionClaims>>;

fn log_problem(decision: &authenticate::Decision) {
    let Some(problem) = decision.problem else { return };
    if matches!(decision.state, AuthState::SignedIn(_)) {
        tracing::warn!("a browser will not keep its session: {problem}");
    } else {
        tracing::warn!(
            "a browser was sent to Clerk three times in a row, and is not sent again: {problem} See docs/troubleshooting.md"
        );
    }
}

/// Signs the visitor out and drops the cookies of the ended session. The response keeps the cookies
/// that clear the handshake itself.
fn sign_out(decision: &mut authenticate::Decision) {
    decision.state = AuthState::SignedOut("session-ended".into());
    let is_of_session = |value: &HeaderValue| !value.as_bytes().starts_with(b"__clerk_handshake");
    decision.headers.retain(|(name, value)| name != header::SET_COOKIE || !is_of_session(value));
}
