//! One request while it is being decided: its parsed parts, and the checks that every later step
//! uses.
//!
//! The steps themselves stand in the files above this one, each as an `impl` of [`Authenticator`].

use super::config::AuthConfig;
use super::cookies::Cookies;
use super::decoded_tokens::Tokens;
use super::lookup::{Lookup, LookupResults, OrLookup};
use super::organization_sync::TargetAccount;
use super::public_url::PublicUrl;
use super::request_head::RequestHead;
use super::sign_in_problem::SignInProblem;
use crate::claims::SessionClaims;
use crate::header_text;
use crate::keys::VerifyingKey;
use crate::token::{Expectations, TokenError, UnverifiedToken};
use crate::verified_tokens::DecodedToken;
use http::header;
use std::borrow::Cow;
use std::cell::Cell;

pub(super) struct Authenticator<'a> {
    pub(super) head: RequestHead<'a>,
    pub(super) config: &'a AuthConfig,
    pub(super) results: &'a LookupResults,
    pub(super) now_ms: i64,
    pub(super) tokens: Tokens<'a>,
    pub(super) cookies: Cookies<'a>,
    pub(super) url: PublicUrl<'a>,
    /// The problem that a returned handshake showed. It is reported if this request ends a loop.
    pub(super) noticed: Cell<Option<SignInProblem>>,
    /// A cookie without meaning that would cost a lookup at Clerk on every request, so it is
    /// cleared.
    pub(super) useless_cookie: Cell<Option<&'static str>>,
}

impl<'a> Authenticator<'a> {
    pub(super) fn new(head: RequestHead<'a>, config: &'a AuthConfig, results: &'a LookupResults, now_ms: i64) -> Self {
        let tokens = Tokens::new(config, &results.decoded);
        let (cookies, url) = (Cookies::new(head.headers, config, tokens, now_ms), PublicUrl::new(head, config));
        let (noticed, useless_cookie) = (Cell::default(), Cell::default());
        Self { head, config, results, now_ms, tokens, cookies, url, noticed, useless_cookie }
    }

    /// The token of the `Authorization` header: after `Bearer ` in exactly this spelling, or alone.
    /// With any other scheme the cookies decide (Clerk behaviour).
    pub(super) fn header_token(&self) -> Option<&'a str> {
        let mut words = header_text::text(self.head.headers, &header::AUTHORIZATION)?.split(' ');
        let scheme = words.next().filter(|word| !word.is_empty())?;
        match words.next().filter(|word| !word.is_empty()) {
            None => Some(scheme),
            Some(token) if scheme == "Bearer" => Some(token),
            Some(_) => None,
        }
    }

    pub(super) fn is_development(&self) -> bool {
        self.config.is_development()
    }

    /// Development instances recognize a browser by this value, because their Frontend API is on
    /// another site than the application.
    pub(super) fn dev_browser(&self) -> Option<Cow<'_, str>> {
        self.url.parameter("__clerk_db_jwt").or_else(|| self.cookies.dev_browser())
    }

    /// The account that the URL is for.
    pub(super) fn target_account(&self) -> Option<TargetAccount> {
        self.config.organization_sync.as_ref()?.target(self.url.path())
    }

    /// Decodes and verifies a token.
    pub(super) fn session(&self, text: &str, expected: &Expectations) -> OrLookup<Result<SessionClaims, TokenError>> {
        match self.tokens.decode(text) {
            Ok(token) => self.verified(&token, expected),
            Err(reason) => Ok(Err(reason)),
        }
    }

    pub(super) fn verified(
        &self,
        token: &DecodedToken,
        expected: &Expectations,
    ) -> OrLookup<Result<SessionClaims, TokenError>> {
        Ok(match self.key(token)? {
            Some(key) => self.config.verified_tokens.verify_session(token, key, expected, self.now_ms),
            None => Err(TokenError::KidMismatch),
        })
    }

    /// The key for a token. `None`: the key source has none.
    pub(super) fn key(&self, token: &UnverifiedToken) -> OrLookup<Option<&VerifyingKey>> {
        let kid = token.kid().map(str::to_owned);
        match self.results.keys.iter().find(|(known, _)| *known == kid) {
            Some((_, key)) => Ok(key.as_ref()),
            None => Err(Lookup::Key(kid)),
        }
    }
}
