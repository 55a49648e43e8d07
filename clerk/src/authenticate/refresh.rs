//! The next step after a token that did not pass. An expired session is refreshed if the browser
//! brings its refresh token, other problems with time send a document to the Frontend API, and with
//! every other problem nobody is signed in.

use super::authenticator::Authenticator;
use super::decision::{Decision, signed_in, signed_out};
use super::lookup::{Lookup, OrLookup, Refresh};
use super::set_cookie;
use crate::ids::SessionId;
use crate::token::{TokenError, UnverifiedToken};
use http::Method;
use std::borrow::Cow;

impl Authenticator<'_> {
    pub(super) fn failed(&self, reason: TokenError) -> OrLookup<Decision> {
        Ok(match reason {
            TokenError::Expired => match self.refreshed()? {
                Ok(decision) => decision,
                Err(tag) => self.handshake(format!("session-token-expired-refresh-{tag}")),
            },
            TokenError::NotActiveYet => self.handshake("session-token-nbf"),
            TokenError::IatInTheFuture => self.handshake("session-token-iat-in-the-future"),
            TokenError::Invalid
            | TokenError::InvalidAlgorithm
            | TokenError::InvalidAuthorizedParties
            | TokenError::InvalidIssuer
            | TokenError::InvalidSignature
            | TokenError::VerificationFailed
            | TokenError::TypeMismatch
            | TokenError::KidMismatch => signed_out(reason.as_str()),
        })
    }

    /// The session with new cookies, or the tag of the reason why there is none (Clerk's names).
    fn refreshed(&self) -> OrLookup<Result<Decision, Cow<'_, str>>> {
        if self.head.method != Method::GET {
            return Ok(Err("non-eligible-non-get".into()));
        }
        let Some(refresh_token) = self.cookies.refresh() else {
            return Ok(Err("non-eligible-no-refresh-cookie".into()));
        };
        let directives = match &self.results.refreshed {
            Some(Ok(directives)) => directives,
            Some(Err(tag)) => return Ok(Err(tag.as_str().into())),
            None => match self.refresh(refresh_token.into_owned()) {
                Ok(refresh) => return Err(Lookup::Refresh(Box::new(refresh))),
                Err(tag) => return Ok(Err(tag.into())),
            },
        };
        let text = set_cookie::session_token(directives).unwrap_or_default();
        Ok(match self.session(text, &self.config.expectations)? {
            Ok(session) => {
                let mut decision = signed_in(session);
                decision.headers.extend(set_cookie::headers(directives));
                decision.problem = set_cookie::too_large(directives);
                Ok(decision)
            }
            Err(_) => Err("invalid-session-token".into()),
        })
    }

    /// The parameters of a refresh. The token of the cookie goes before that of the header (Clerk
    /// behaviour). `Err`: the tag of the reason why Clerk cannot be asked.
    fn refresh(&self, refresh_token: String) -> Result<Refresh, &'static str> {
        let expired_token = self.cookies.session().or_else(|| self.header_token().map(Cow::Borrowed));
        let expired_token = expired_token.ok_or("missing-session-token")?.into_owned();
        let token = self.tokens.decode(&expired_token).map_err(|_| "expired-session-token-decode-failed")?;
        let session = session_of(&token).ok_or("expired-session-token-missing-sid-claim")?;
        // The token of the header is the one whose signature was verified, if there is one.
        let verified = self.header_token().and_then(|text| self.tokens.decode(text).ok());
        let signed_session = verified.map_or_else(|| Some(session.clone()), |token| session_of(&token));
        Ok(Refresh {
            session,
            signed_session: signed_session.ok_or("expired-session-token-missing-sid-claim")?,
            expired_token: expired_token.clone(),
            refresh_token,
            request_origin: self.url.origin().to_owned(),
            suffixed_cookies: self.cookies.are_suffixed(),
        })
    }
}

fn session_of(token: &UnverifiedToken) -> Option<SessionId> {
    token.session_id().and_then(|id| SessionId::parse(id).ok())
}
