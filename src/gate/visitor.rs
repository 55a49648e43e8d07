//! One request's caller, as the gate found out. Nobody else makes one.

use super::services::Services;
use clerk::authenticate::SignInProblem;
use clerk::claims::SessionClaims;
use domain::signed_out::SignedOut;
use std::sync::Arc;

/// One request's caller. Only [`Gate::admit`] makes one.
#[derive(Clone)]
pub struct Visitor {
    pub(super) session: Option<Arc<SessionClaims>>,
    /// One that counts as signed out until its tasks are done.
    pub(super) pending: Option<Arc<SessionClaims>>,
    /// How old the session is, in milliseconds.
    pub(super) age_ms: i64,
    /// The rule that ended the session of the token.
    pub(super) signed_out: Option<SignedOut>,
    /// For which organization the page was made that calls, where it says so.
    pub(super) made_for: Option<Arc<str>>,
    pub(super) trouble: Option<SignInProblem>,
    pub(super) services: Arc<Services>,
    pub(super) request_id: Arc<str>,
    pub(super) now_ms: i64,
}

impl Visitor {
    /// The verified session; `None` for nobody.
    #[must_use]
    pub fn session(&self) -> Option<&SessionClaims> {
        self.session.as_deref()
    }

    /// Whether somebody is signed in who has something left to do first, such as choosing an organization. They count as signed out.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// The rule that ended the session with which they come.
    #[must_use]
    pub fn signed_out(&self) -> Option<SignedOut> {
        self.signed_out
    }

    /// The same person, calling from a page that was made for an organization.
    #[must_use]
    pub fn from_page_of(self, organization: &str) -> Self {
        Self { made_for: Some(organization.into()), ..self }
    }

    pub(crate) fn made_for(&self) -> Option<&str> {
        self.made_for.as_deref()
    }

    /// Why this browser cannot be signed in for good, where that was found out.
    #[must_use]
    pub fn trouble(&self) -> Option<SignInProblem> {
        self.trouble
    }

    /// Id of the request, as in the log.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// How old the session is, in milliseconds.
    pub(crate) fn age_ms(&self) -> i64 {
        self.age_ms
    }

    pub(crate) fn shared_session(&self) -> Option<Arc<SessionClaims>> {
        self.session.clone()
    }

    pub(crate) fn services(&self) -> &Services {
        &self.services
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.now_ms
    }
}
