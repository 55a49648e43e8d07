//! The handshake: a browser whose cookies are missing or old goes to the Frontend API, which knows its client, and comes back with new
//! cookies behind a nonce or in a signed token.
//!
//! Only documents are sent there. A fetch, a form post or a health check is told that nobody is signed in.

use super::trouble::{LONGEST_COOKIE, SignInProblem};
use super::{
    AuthReason, AuthState, Authenticator, Decision, Lookup, OrLookup, public_url, signed_in, signed_out, status_headers,
};
use crate::claims::SessionClaims;
use crate::token::{self, Expectations, TokenError};
use http::{HeaderName, HeaderValue, header};
use url::form_urlencoded;

/// Version of Clerk's API that the parameters follow.
const API_VERSION: &str = "2026-05-12";

/// After so many redirects within two seconds the keys or the cookies are broken, and another one would be a loop.
const MAX_REDIRECTS: u32 = 3;

/// How far the clock of a developer's machine may be off when a handshake comes back: a day (Clerk behaviour).
pub const DEVELOPMENT_LEEWAY_MS: i64 = 86_400_000;

/// Parameters that the Frontend API must not get back in the address.
const NOT_SENT: [&str; 2] = ["__clerk_db_jwt", "__dev_session"];

/// Parameters that must not stay in an address after a handshake.
const NOT_KEPT: [&str; 4] = [TOKEN, "__clerk_help", "__clerk_db_jwt", NONCE];

/// Where a handshake comes back: the name of a payload at Clerk, or the payload as a signed token.
const NONCE: &str = "__clerk_handshake_nonce";
const TOKEN: &str = "__clerk_handshake";

const NO_STORE: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

impl Authenticator<'_> {
    /// Sends a document to the Frontend API; everything else is told that nobody is signed in.
    pub(super) fn handshake(&self, reason: impl Into<AuthReason>) -> Decision {
        let reason = reason.into();
        let count = self.cookies.redirect_count();
        if !public_url::is_document(self.head) {
            return signed_out(reason);
        }
        if count >= MAX_REDIRECTS {
            return Decision { trouble: Some(self.trouble(&reason)), ..signed_out(reason) };
        }
        let Ok(location) = HeaderValue::from_str(&self.handshake_url(&reason)) else { return signed_out(reason) };
        let mut headers = status_headers("handshake", &reason);
        // Browsers keep the redirect of a tab that is not looked at, and loop.
        headers.push(NO_STORE);
        let cookie = format!("__clerk_redirect_count={}; SameSite=Lax; HttpOnly; Max-Age=2", count + 1);
        headers.extend(HeaderValue::from_str(&cookie).map(|cookie| (header::SET_COOKIE, cookie)));
        Decision { state: AuthState::Handshake(reason), location: Some(location), headers, trouble: None }
    }

    fn handshake_url(&self, reason: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("redirect_url", &self.url.without(&NOT_SENT));
        query.append_pair("__clerk_api_version", API_VERSION);
        query.append_pair("suffixed_cookies", if self.cookies.are_suffixed() { "true" } else { "false" });
        query.append_pair("__clerk_hs_reason", reason);
        query.append_pair("format", "nonce");
        if let Some(session) = self.cookies.session().as_deref().or(self.header_token()) {
            query.append_pair("__session", session);
        }
        if let Some(dev_browser) = self.dev_browser().filter(|_| self.is_development()) {
            query.append_pair("__clerk_db_jwt", &dev_browser);
        }
        if let Some(organization) = self.wanted_organization() {
            query.append_pair("organization_id", organization.as_parameter());
        }
        let base = self.url.resolve(&self.settings.frontend_api);
        format!("{base}/v1/client/handshake?{}", query.finish())
    }

    /// Takes the cookies that a handshake brought back. `None`: there was none, or it was not usable and the cookies decide.
    pub(super) fn returned_handshake(&self) -> OrLookup<Option<Decision>> {
        let found = |name: &str| self.url.parameter(name).or_else(|| self.cookies.plain(name));
        let directives = match (found(NONCE), found(TOKEN)) {
            (Some(nonce), _) => match &self.answers.handshake_payload {
                Some(directives) if directives.is_empty() && self.may_be_junk() && self.is_junk(NONCE) => {
                    return Ok(None);
                }
                Some(directives) => directives.clone(),
                None => return Err(Lookup::HandshakePayload(nonce.into_owned())),
            },
            (None, Some(text)) => match self.handshake_token(&text)? {
                Ok(directives) => directives,
                Err(reason) if (self.is_development() || reason == TokenError::Invalid) && self.is_junk(TOKEN) => {
                    return Ok(None);
                }
                Err(reason) if self.is_development() => return Ok(Some(foreign_handshake(reason))),
                Err(reason) => {
                    tracing::warn!(reason = reason.as_str(), "a handshake of another instance was ignored");
                    self.noticed.set(Some(SignInProblem::Keys));
                    return Ok(None);
                }
            },
            (None, None) => return Ok(None),
        };
        let state = match session_directive(&directives) {
            None => signed_out("session-token-missing"),
            Some(text) => match self.handshake_session(text)? {
                Ok(session) => signed_in(session),
                // It may be the token of another application on this domain: the other cookies decide.
                Err(reason) => {
                    tracing::warn!(reason = reason.as_str(), "the session that a handshake brought is not usable");
                    self.noticed.set(if is_of_time(reason) { self.of_time(text) } else { None });
                    return Ok(None);
                }
            },
        };
        Ok(Some(self.with_new_cookies(state, &directives)))
    }

    /// Whether other cookies tell more than a nonce that Clerk does not know. In production Clerk itself may have set it,
    /// and only a session token says that somebody came before.
    fn may_be_junk(&self) -> bool {
        self.is_development() || self.cookies.session().is_some()
    }

    /// Whether what is called like a handshake, and brought nothing, stands in a cookie and not in the address. Then it may be
    /// of another application on this host: it is cleared, and the other cookies decide. Clerk's library takes it for an
    /// answer of Clerk's each time.
    fn is_junk(&self, name: &'static str) -> bool {
        let is_junk = self.url.parameter(name).is_none();
        if is_junk {
            self.junk.set(Some(name));
        }
        is_junk
    }

    fn handshake_token(&self, text: &str) -> OrLookup<Result<Vec<String>, TokenError>> {
        let token = match token::decode(text) {
            Ok(token) => token,
            Err(reason) => return Ok(Err(reason)),
        };
        Ok(match self.key(&token)? {
            Some(key) => token::verify_handshake(&token, key),
            None => Err(TokenError::KidMismatch),
        })
    }

    /// In development the clock of the machine may be far off, a sleeping virtual machine for example. An address from the
    /// history brings an old token too.
    fn handshake_session(&self, text: &str) -> OrLookup<Result<SessionClaims, TokenError>> {
        let expected = &self.settings.expectations;
        match self.session(text, expected)? {
            Err(reason) if is_of_time(reason) && self.is_development() => {
                let (reason, trouble) = (reason.as_str(), self.of_time(text).unwrap_or(SignInProblem::Unknown));
                tracing::error!(reason, "a handshake brought a session that does not count at this time: {trouble}");
                self.session(text, &Expectations { leeway_ms: DEVELOPMENT_LEEWAY_MS, ..expected.clone() })
            }
            result => Ok(result),
        }
    }

    /// In development the payload stands in the address, which is cleaned by one more redirect.
    fn with_new_cookies(&self, mut decision: Decision, directives: &[String]) -> Decision {
        // The chain of redirects of a cross-origin fetch ends with the origin `null` (Clerk behaviour).
        decision.headers.push((header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("null")));
        decision.headers.push((header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true")));
        decision.headers.extend(set_cookies(directives));
        decision.trouble = too_large(directives);
        // A redirect to the same address would be a loop.
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
    Decision { state: AuthState::ForeignHandshake(reason), location: None, headers: vec![NO_STORE], trouble: None }
}

fn is_of_time(reason: TokenError) -> bool {
    matches!(reason, TokenError::Expired | TokenError::NotActiveYet | TokenError::IatInTheFuture)
}

/// Each directive as a header of its own. One that cannot be a header, with a line break for example,
/// is left out. In place of a cookie that browsers would drop, the one before is cleared: they would
/// keep it, and send it as if it were the new one.
pub(super) fn set_cookies(directives: &[String]) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let values = directives.iter().filter_map(|directive| {
        let (name, bytes) = name_and_bytes(directive);
        let kept = bytes <= LONGEST_COOKIE;
        let text = if kept { directive.clone() } else { format!("{name}=; Path=/; Max-Age=0; SameSite=Lax") };
        HeaderValue::from_str(&text).ok()
    });
    values.map(|value| (header::SET_COOKIE, value))
}

/// The session cookie that browsers would drop.
pub(super) fn too_large(directives: &[String]) -> Option<SignInProblem> {
    let cookies = directives.iter().map(|directive| name_and_bytes(directive));
    let mut large = cookies.filter(|(name, bytes)| name.starts_with("__session") && *bytes > LONGEST_COOKIE);
    large.next().map(|(_, bytes)| SignInProblem::CookieTooLarge(bytes))
}

/// The name of the cookie that a directive sets, and the length that browsers limit: of name and value.
fn name_and_bytes(directive: &str) -> (&str, usize) {
    let (name, value) = directive.split(';').next().and_then(|pair| pair.split_once('=')).unwrap_or_default();
    (name.trim(), name.trim().len() + value.trim().len())
}

/// The session token that the directives set; the last one counts, and an empty one is none (Clerk behaviour).
pub(super) fn session_directive(directives: &[String]) -> Option<&str> {
    let mut values = directives.iter().filter_map(|directive| {
        let mut parts = directive.split(';').next()?.split('=');
        let name = parts.next()?;
        name.starts_with("__session").then(|| parts.next().unwrap_or_default())
    });
    values.next_back().filter(|value| !value.is_empty())
}
