//! Authenticates a request: Clerk's request state machine as a pure function of the request head,
//! the configuration and the clock.
//!
//! The function does no I/O. Where it needs a key, the payload of a handshake or a refreshed
//! session, [`decide`] names the [`Lookup`], and the caller calls it again with the result;
//! [`crate::lookups::authenticate`] does both. A decision grants nothing: it tells whose session
//! the request has, why nobody is signed in, or where the browser must go first. The order of the
//! steps is that of Clerk's `authenticateRequest`. Satellite domains, their cross-origin sync and
//! machine tokens are left out.

mod authenticator;
mod config;
mod cookies;
mod decision;
mod decoded_tokens;
mod diagnosis;
mod handshake;
mod handshake_return;
mod lookup;
mod organization_sync;
mod public_url;
mod refresh;
mod request_head;
mod set_cookie;
mod sign_in_problem;
mod sign_out;
#[cfg(test)]
mod tests;

pub use config::AuthConfig;
pub use cookies::{dev_browser, stray_cookies};
pub use decision::{AuthReason, AuthState, Decision};
pub use handshake_return::DEVELOPMENT_LEEWAY_MS;
pub use lookup::{HandshakePayload, Lookup, LookupResults, Refresh};
pub use organization_sync::{OrganizationSync, PathPattern};
pub use request_head::RequestHead;
pub use sign_in_problem::SignInProblem;
pub use sign_out::{SignOutTarget, sign_out_target, unverified_session_token};

use crate::token::TokenError;
use authenticator::Authenticator;
use decision::signed_out;
use lookup::OrLookup;

/// The result of one call of [`decide`].
#[derive(Debug)]
pub enum Progress {
    /// The decision is made.
    Done(Decision),
    /// The lookup must come first. Call again with its result.
    Needs(Lookup),
}

/// Decides who sent a request. `now_ms` is the clock, in Unix milliseconds.
#[must_use]
pub fn decide(head: RequestHead<'_>, config: &AuthConfig, results: &LookupResults, now_ms: i64) -> Progress {
    match Authenticator::new(head, config, results, now_ms).run() {
        Ok(decision) => Progress::Done(decision),
        Err(lookup) => Progress::Needs(lookup),
    }
}

impl Authenticator<'_> {
    fn run(&self) -> OrLookup<Decision> {
        let Some(token) = self.header_token() else {
            let mut decision = self.by_cookie()?;
            decision.headers.extend(self.useless_cookie.get().and_then(set_cookie::expire));
            return Ok(decision);
        };
        self.by_header(token)
    }

    /// A token in the header decides alone. No cookie is read.
    fn by_header(&self, text: &str) -> OrLookup<Decision> {
        let token = match self.tokens.decode(text) {
            Ok(token) => token,
            Err(reason) => return self.failed(reason),
        };
        if token.is_no_session() {
            return Ok(signed_out(TokenError::TypeMismatch.as_str()));
        }
        match self.verified(&token, &self.config.expectations)? {
            Ok(session) => Ok(decision::signed_in(session)),
            Err(reason) => self.failed(reason),
        }
    }

    /// The steps for cookies. The first step that applies decides.
    fn by_cookie(&self) -> OrLookup<Decision> {
        if let Some(decision) = self.returned_handshake()? {
            return Ok(decision);
        }
        if self.is_development() && self.url.parameter("__clerk_db_jwt").is_some() {
            return Ok(self.handshake("dev-browser-sync"));
        }
        if self.is_development() && self.dev_browser().is_none() {
            return Ok(self.handshake("dev-browser-missing"));
        }
        let signed_in_at_s = self.cookies.client_uat();
        let Some(text) = self.cookies.session() else {
            return Ok(match signed_in_at_s {
                0 => signed_out("session-token-and-uat-missing"),
                _ => self.handshake("client-uat-but-no-session-token"),
            });
        };
        if signed_in_at_s == 0 {
            return Ok(self.handshake("session-token-but-no-client-uat"));
        }
        let token = match self.tokens.decode(&text) {
            Ok(token) => token,
            Err(reason) => return Ok(signed_out(reason.as_str())),
        };
        if token.is_no_session() {
            return Ok(signed_out(TokenError::TypeMismatch.as_str()));
        }
        if token.is_older_than(signed_in_at_s) {
            return Ok(self.handshake("session-token-iat-before-client-uat"));
        }
        match self.verified(&token, &self.config.expectations)? {
            Ok(session) => Ok(self.signed_in_for_url(session)),
            Err(reason) => self.failed(reason),
        }
    }
}
