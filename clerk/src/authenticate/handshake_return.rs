//! The way back from a handshake: the browser brings its new cookies behind a nonce, or in a signed
//! token.

use super::authenticator::Authenticator;
use super::decision::{AuthState, Decision, signed_in, signed_out};
use super::handshake::NO_STORE;
use super::lookup::{HandshakePayload, Lookup, OrLookup};
use super::set_cookie;
use super::sign_in_problem::SignInProblem;
use crate::claims::SessionClaims;
use crate::token::{self, Expectations, TokenError};
use http::{HeaderValue, header};

/// How far the clock of a developer's machine may be off when a handshake comes back: a day, in
/// milliseconds (Clerk behaviour).
pub const DEVELOPMENT_LEEWAY_MS: i64 = 86_400_000;

/// The two forms of a handshake that comes back: the name of a payload at Clerk, and the payload as
/// a signed token.
const NONCE: &str = "__clerk_handshake_nonce";
const TOKEN: &str = "__clerk_handshake";

/// Parameters that are removed from the URL after a handshake.
const NOT_KEPT: [&str; 4] = [TOKEN, "__clerk_help", "__clerk_db_jwt", NONCE];

impl Authenticator<'_> {
    /// Takes the cookies that a handshake brought. `None`: there is no handshake, or it is not
    /// usable, and the other cookies decide.
    pub(super) fn returned_handshake(&self) -> OrLookup<Option<Decision>> {
        let found = |name: &str| self.url.parameter(name).or_else(|| self.cookies.plain(name));
        let directives = match (found(NONCE), found(TOKEN)) {
            (Some(nonce), _) => match &self.results.handshake_payload {
                Some(HandshakePayload::Unknown) => None,
                Some(HandshakePayload::Directives(directives))
                    if directives.is_empty() && self.may_be_useless() && self.is_useless(NONCE) =>
                {
                    None
                }
                Some(HandshakePayload::Directives(directives)) => Some(directives.clone()),
                None => return Err(Lookup::HandshakePayload(nonce.into_owned())),
            },
            (None, Some(text)) => match self.handshake_token(&text)? {
                Ok(directives) => Some(directives),
                Err(reason) if (self.is_development() || reason == TokenError::Invalid) && self.is_useless(TOKEN) => {
                    None
                }
                Err(reason) if self.is_development() => return Ok(Some(foreign_handshake(reason))),
                Err(reason) => {
                    tracing::warn!(reason = reason.as_str(), "a handshake of another instance was ignored");
                    self.noticed.set(Some(SignInProblem::Keys));
                    None
                }
            },
            (None, None) => None,
        };
        match directives {
            Some(directives) => self.with_directives(&directives),
            None => Ok(None),
        }
    }

    fn with_directives(&self, directives: &[String]) -> OrLookup<Option<Decision>> {
        let state = match set_cookie::session_token(directives) {
            None => signed_out("session-token-missing"),
            Some(text) => match self.handshake_session(text)? {
                Ok(session) => signed_in(session),
                // Another application on this domain may have set the cookie, so the others decide.
                Err(reason) => {
                    tracing::warn!(reason = reason.as_str(), "the session that a handshake brought is not usable");
                    self.noticed.set(if is_of_time(reason) { self.problem_of_time(text) } else { None });
                    return Ok(None);
                }
            },
        };
        Ok(Some(self.with_new_cookies(state, directives)))
    }

    /// Whether other cookies say more than a nonce that Clerk does not know. In production Clerk
    /// may have set the nonce itself, so only a session token shows that somebody was signed in
    /// before.
    fn may_be_useless(&self) -> bool {
        self.is_development() || self.cookies.session().is_some()
    }

    /// Whether a handshake that brought nothing stands in a cookie and not in the URL. Another
    /// application on this host may have set that cookie: it is cleared, and the other cookies
    /// decide. Clerk's library takes it for an answer of Clerk's on every request.
    fn is_useless(&self, name: &'static str) -> bool {
        let is_useless = self.url.parameter(name).is_none();
        if is_useless {
            self.useless_cookie.set(Some(name));
        }
        is_useless
    }

    fn handshake_token(&self, text: &str) -> OrLookup<Result<Vec<String>, TokenError>> {
        let token = match self.tokens.decode(text) {
            Ok(token) => token,
            Err(reason) => return Ok(Err(reason)),
        };
        Ok(match self.key(&token)? {
            Some(key) => token::verify_handshake(&token, key),
            None => Err(TokenError::KidMismatch),
        })
    }

    /// In development the clock of the machine may be far off, that of a virtual machine after a
    /// sleep for example. A URL from the history brings an old token too.
    fn handshake_session(&self, text: &str) -> OrLookup<Result<SessionClaims, TokenError>> {
        let expected = &self.config.expectations;
        match self.session(text, expected)? {
            Err(reason) if is_of_time(reason) && self.is_development() => {
                let problem = self.problem_of_time(text).unwrap_or(SignInProblem::Unknown);
                tracing::error!(
                    reason = reason.as_str(),
                    "a handshake brought a session that does not count at this time: {problem}"
                );
                self.session(text, &Expectations { leeway_ms: DEVELOPMENT_LEEWAY_MS, ..expected.clone() })
            }
            result => Ok(result),
        }
    }

    /// In development the payload stands in the URL, and one more redirect removes it from there.
    fn with_new_cookies(&self, mut decision: Decision, directives: &[String]) -> Decision {
        // The chain of redirects of a cross-origin fetch ends with the origin `null` (Clerk
        // behaviour).
        decision.headers.push((header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("null")));
        decision.headers.push((header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true")));
        decision.headers.extend(set_cookie::headers(directives));
        decision.problem = set_cookie::too_large(directives);
        // A redirect to the same URL would be a loop.
        if self.is_development()
            && NOT_KEPT.iter().any(|name| self.url.parameter(name).is_some())
            && let Ok(location) = HeaderValue::from_str(&self.url.without(&NOT_KEPT))
        {
            decision.location = Some(location);
            decision.headers.push(NO_STORE);
        }
        decision
    }
}

fn foreign_handshake(reason: TokenError) -> Decision {
    Decision { state: AuthState::ForeignHandshake(reason), location: None, headers: vec![NO_STORE], problem: None }
}

fn is_of_time(reason: TokenError) -> bool {
    matches!(reason, TokenError::Expired | TokenError::NotActiveYet | TokenError::IatInTheFuture)
}
