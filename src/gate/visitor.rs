//! The caller of one request. Only the gate creates a visitor.

use super::services::Services;
use clerk::authenticate::SignInProblem;
use clerk::claims::SessionClaims;
use domain::sign_out_reason::SignOutReason;
use std::sync::Arc;

/// The caller of one request. Only [`Gate::admit`](super::Gate::admit) creates a visitor.
#[derive(Clone)]
pub struct Visitor {
    pub(super) session: Option<Arc<SessionClaims>>,
    /// A session with open tasks. It counts as signed out.
    pub(super) pending: Option<Arc<SessionClaims>>,
    /// How old the session is, in milliseconds.
    pub(super) age_ms: i64,
    /// The rule that ended the session of the token; `None` if no rule did.
    pub(super) signed_out: Option<SignOutReason>,
    /// The organization that the calling page was rendered for, if the request names it.
    pub(super) page_organization: Option<Arc<str>>,
    pub(super) sign_in_problem: Option<SignInProblem>,
    pub(super) services: Arc<Services>,
    pub(super) request_id: Arc<str>,
    pub(super) now_ms: i64,
}

impl Visitor {
    /// The verified session; `None` if nobody is signed in.
    #[must_use]
    pub fn session(&self) -> Option<&SessionClaims> {
        self.session.as_deref()
    }

    /// Whether the user still has a task, such as the choice of an organization. The user counts as
    /// signed out until then.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// The rule that ended the session of the token; `None` if no rule did.
    #[must_use]
    pub fn signed_out(&self) -> Option<SignOutReason> {
        self.signed_out
    }

    /// The visitor with the organization that the calling page was rendered for.
    #[must_use]
    pub fn with_page_organization(self, organization: &str) -> Self {
        Self { page_organization: Some(organization.into()), ..self }
    }

    pub(crate) fn page_organization(&self) -> Option<&str> {
        self.page_organization.as_deref()
    }

    /// The reason why this browser cannot keep a session, if the gate found one.
    #[must_use]
    pub fn sign_in_problem(&self) -> Option<SignInProblem> {
        self.sign_in_problem
    }

    /// The request id, as in the log.
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
