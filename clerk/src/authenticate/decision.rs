//! The result of the decision, and the headers by which Clerk's tools explain it.

use super::sign_in_problem::SignInProblem;
use crate::claims::SessionClaims;
use crate::token::TokenError;
use http::{HeaderName, HeaderValue};
use std::borrow::Cow;

/// Clerk's name of a reason, as the header `x-clerk-auth-reason` has it.
pub type AuthReason = Cow<'static, str>;

/// The sender of the request.
#[derive(Debug)]
pub enum AuthState {
    /// A user whose session token was verified. The session may be pending, and grants nothing
    /// then: see [`SessionClaims::is_pending`].
    SignedIn(Box<SessionClaims>),
    /// Nobody is signed in, with Clerk's name of the reason.
    SignedOut(AuthReason),
    /// The browser must go to the Frontend API first, with Clerk's name of the reason.
    Handshake(AuthReason),
    /// A handshake came back that this instance did not sign. Only development instances report it:
    /// the developer has changed the keys, and must clear the cookies of the site.
    ForeignHandshake(TokenError),
}

/// The decision about one request.
#[derive(Debug)]
pub struct Decision {
    /// The sender of the request.
    pub state: AuthState,
    /// Where to redirect the browser (307) before anything else happens: to the Frontend API, or
    /// from there to the same URL without Clerk's parameters.
    pub location: Option<HeaderValue>,
    /// The headers of the response, whatever the state is. Append them, because several of them may
    /// be `Set-Cookie`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Why this browser cannot stay signed in, where the request shows it.
    pub problem: Option<SignInProblem>,
}

pub(super) fn signed_in(session: SessionClaims) -> Decision {
    Decision { state: AuthState::SignedIn(Box::new(session)), location: None, headers: Vec::new(), problem: None }
}

pub(super) fn signed_out(reason: impl Into<AuthReason>) -> Decision {
    let reason = reason.into();
    let headers = status_headers("signed-out", &reason);
    Decision { state: AuthState::SignedOut(reason), location: None, headers, problem: None }
}

/// The headers by which Clerk's tools explain a decision.
pub(super) fn status_headers(status: &'static str, reason: &str) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = vec![(HeaderName::from_static("x-clerk-auth-status"), HeaderValue::from_static(status))];
    let reason = HeaderValue::from_str(reason);
    headers.extend(reason.map(|reason| (HeaderName::from_static("x-clerk-auth-reason"), reason)));
    headers
}
