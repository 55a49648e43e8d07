//! Who is asking? Clerk's request state machine as a pure function: request head, settings, clock -> decision.
//!
//! No I/O: where a key, the payload of a handshake or a refreshed session is needed, [`decide`] says so and is entered again with the answer.
//! A decision grants nothing by itself; it tells who the session belongs to, that nobody is signed in and why, or where the browser has to go
//! first. Left out: satellite domains, their cross-origin sync, and machine tokens. Order and reasons are those of Clerk's `authenticateRequest`.

mod cookies;
mod sign_out;
mod failure;
mod handshake;
mod organization_sync;
mod public_url;
mod trouble;
#[cfg(test)]
mod tests;

pub use handshake::DEVELOPMENT_LEEWAY_MS;
pub use organization_sync::{OrganizationSync, PathPattern};
pub use public_url::is_activity;
pub use sign_out::{SignOutTarget, session_token, sign_out_target, stray_cookies};
pub use trouble::SignInProblem;

use crate::claims::SessionClaims;
use crate::header_text;
use crate::ids::SessionId;
use crate::keys::VerifyingKey;
use crate::publishable_key::{InstanceKind, PublishableKey};
use crate::token::{self, Expectations, TokenError, UnverifiedToken};
use cookies::Cookies;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use public_url::PublicUrl;
use std::borrow::Cow;
use std::cell::Cell;

/// What the decision needs to know about the Clerk instance and this application.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// The instance; development instances hand the handshake over in the query, production instances in a cookie.
    pub instance: PublishableKey,
    /// Suffix of the instance's cookies: [`PublishableKey::cookie_suffix`].
    pub cookie_suffix: String,
    /// Base of the Frontend API as browsers reach it, without trailing slash: a URL, or a path of this application.
    pub frontend_api: String,
    /// Origin under which people reach this application.
    pub public_origin: String,
    /// Whether `X-Forwarded-Host` and `X-Forwarded-Proto` come from proxies of ours. The origin that they name must still be one of the
    /// authorized parties, where those are listed.
    pub trusts_forwarded: bool,
    /// Addresses that name an organization; none here has one, and `None` asks nothing.
    pub organization_sync: Option<OrganizationSync>,
    /// What a session token must say.
    pub expectations: Expectations,
}

/// The part of a request that tells who is asking.
#[derive(Clone, Copy, Debug)]
pub struct RequestHead<'a> {
    /// Method.
    pub method: &'a Method,
    /// Path and query as received.
    pub target: &'a str,
    /// Headers.
    pub headers: &'a HeaderMap,
}

/// Clerk's name of a reason, as it stands in `x-clerk-auth-reason`.
pub type AuthReason = Cow<'static, str>;

/// Who is asking.
#[derive(Debug)]
pub enum AuthState {
    /// A session whose token was verified.
    SignedIn(Box<SessionClaims>),
    /// Nobody, with Clerk's name of the reason.
    SignedOut(AuthReason),
    /// The browser must go to the Frontend API first, with Clerk's name of the reason.
    Handshake(AuthReason),
    /// Development only: a handshake came back that this instance did not sign. The keys were switched, and only the person can clear the cookies.
    ForeignHandshake(TokenError),
}

/// The decision, with the headers that belong on the answer whatever it is.
#[derive(Debug)]
pub struct Decision {
    /// Who is asking.
    pub state: AuthState,
    /// Where the browser goes before anything else (307): to the Frontend API, or from there to the address without its parameters.
    pub location: Option<HeaderValue>,
    /// To be appended, never to replace: there may be several `Set-Cookie`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Why this browser cannot be signed in for good, where that was found out.
    pub trouble: Option<SignInProblem>,
}

/// Either decided, or an answer is needed to go on.
#[derive(Debug)]
pub enum Progress {
    /// Decided.
    Done(Decision),
    /// Enter again with this.
    Needs(Lookup),
}

/// What is needed to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The key for this `kid`.
    Key(Option<String>),
    /// The `Set-Cookie` directives behind the nonce of a handshake (Backend API `GET /clients/handshake_payload`).
    HandshakePayload(String),
    /// New cookies for an expired session (Backend API `POST /sessions/{id}/refresh`).
    Refresh(Box<Refresh>),
}

/// What Clerk is told to refresh a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// The session of the expired token; unverified, Clerk checks it.
    pub session: SessionId,
    /// The token that expired.
    pub expired_token: String,
    /// Value of the cookie `__refresh_<suffix>`.
    pub refresh_token: String,
    /// Origin of the request.
    pub request_origin: String,
    /// Whether the cookies of the answer are to be suffixed.
    pub suffixed_cookies: bool,
}

/// What was asked for so far, and what was found.
#[derive(Debug, Default)]
pub struct LookupResults {
    /// `kid` and its key. `None`: the source has no such key.
    pub keys: Vec<(Option<String>, Option<VerifyingKey>)>,
    /// Directives behind the nonce; empty when Clerk does not know it.
    pub handshake_payload: Option<Vec<String>>,
    /// Directives of the refresh, or the tag of why there are none: Clerk's error code, or `fetch-error`.
    pub refreshed: Option<Result<Vec<String>, String>>,
}

/// Decides who is asking.
#[must_use]
pub fn decide(head: RequestHead<'_>, settings: &AuthConfig, answers: &LookupResults, now_ms: i64) -> Progress {
    match Authenticator::of(head, settings, answers, now_ms).run() {
        Ok(decision) => Progress::Done(decision),
        Err(need) => Progress::Needs(need),
    }
}

/// What a development instance knows the browser by; it goes along when the browser is sent to a page of Clerk's.
#[must_use]
pub fn dev_browser(headers: &HeaderMap, settings: &AuthConfig) -> Option<String> {
    let cookies = Cookies::of(headers, settings, 0);
    cookies.dev_browser().filter(|_| settings.instance.kind() == InstanceKind::Development).map(Cow::into_owned)
}

/// An answer is missing: leaves the machine with `?` and brings out what for.
type OrLookup<T> = Result<T, Lookup>;

struct Authenticator<'a> {
    head: RequestHead<'a>,
    settings: &'a AuthConfig,
    answers: &'a LookupResults,
    now_ms: i64,
    cookies: Cookies<'a>,
    url: PublicUrl<'a>,
    /// What was noticed on the way, in case that it ends a loop.
    noticed: Cell<Option<SignInProblem>>,
    /// A cookie that means nothing and costs a question to Clerk each time.
    junk: Cell<Option<&'static str>>,
}

impl<'a> Authenticator<'a> {
    fn of(head: RequestHead<'a>, settings: &'a AuthConfig, answers: &'a LookupResults, now_ms: i64) -> Self {
        let (cookies, url) = (Cookies::of(head.headers, settings, now_ms), PublicUrl::of(head, settings));
        Self { head, settings, answers, now_ms, cookies, url, noticed: Cell::default(), junk: Cell::default() }
    }

    fn run(&self) -> OrLookup<Decision> {
        match self.header_token() {
            Some(token) => self.by_header(token),
            None => {
                let mut decision = self.by_cookie()?;
                let cleared = self.junk.get().map(|name| format!("{name}=; Path=/; Max-Age=0; SameSite=Lax"));
                let cleared = cleared.and_then(|cookie| HeaderValue::from_str(&cookie).ok());
                decision.headers.extend(cleared.map(|cookie| (header::SET_COOKIE, cookie)));
                Ok(decision)
            }
        }
    }

    /// `Bearer <token>` exactly so, or a token alone; any other scheme leaves the question to the cookies (Clerk behaviour).
    fn header_token(&self) -> Option<&str> {
        let mut words = header_text::text(self.head.headers, &header::AUTHORIZATION)?.split(' ');
        let scheme = words.next().filter(|word| !word.is_empty())?;
        match words.next().filter(|word| !word.is_empty()) {
            None => Some(scheme),
            Some(token) if scheme == "Bearer" => Some(token),
            Some(_) => None,
        }
    }

    /// A token in the header decides alone; no cookie is looked at.
    fn by_header(&self, text: &str) -> OrLookup<Decision> {
        let token = match token::decode(text) {
            Ok(token) => token,
            Err(reason) => return self.failed(reason),
        };
        if token.is_no_session() {
            return Ok(signed_out(TokenError::TypeMismatch.as_str()));
        }
        match self.verified(&token)? {
            Ok(session) => Ok(signed_in(session)),
            Err(reason) => self.failed(reason),
        }
    }

    /// The cookie path of the state machine; the first line that applies decides.
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
        let token = match token::decode(&text) {
            Ok(token) => token,
            Err(reason) => return Ok(signed_out(reason.as_str())),
        };
        if token.is_no_session() {
            return Ok(signed_out(TokenError::TypeMismatch.as_str()));
        }
        if token.is_older_than(signed_in_at_s) {
            return Ok(self.handshake("session-token-iat-before-client-uat"));
        }
        match self.verified(&token)? {
            Ok(session) => Ok(self.with_wanted_organization(session)),
            Err(reason) => self.failed(reason),
        }
    }

    fn is_development(&self) -> bool {
        self.settings.instance.kind() == InstanceKind::Development
    }

    /// Development instances know a browser by this, because their Frontend API is on another site than the application.
    fn dev_browser(&self) -> Option<Cow<'_, str>> {
        self.url.parameter("__clerk_db_jwt").or_else(|| self.cookies.dev_browser())
    }

    fn session(&self, text: &str, expected: &Expectations) -> OrLookup<Result<SessionClaims, TokenError>> {
        match token::decode(text) {
            Ok(token) => self.verified_as(&token, expected),
            Err(reason) => Ok(Err(reason)),
        }
    }

    fn verified(&self, token: &UnverifiedToken<'_>) -> OrLookup<Result<SessionClaims, TokenError>> {
        self.verified_as(token, &self.settings.expectations)
    }

    fn verified_as(
        &self,
        token: &UnverifiedToken<'_>,
        expected: &Expectations,
    ) -> OrLookup<Result<SessionClaims, TokenError>> {
        Ok(match self.key(token)? {
            Some(key) => token::verify_session(token, key, expected, self.now_ms),
            None => Err(TokenError::KidMismatch),
        })
    }

    /// The key for a token: `Err` asks for it, `None` means that there is none.
    fn key(&self, token: &UnverifiedToken<'_>) -> OrLookup<Option<&VerifyingKey>> {
        let kid = token.kid().map(str::to_owned);
        match self.answers.keys.iter().find(|(known, _)| *known == kid) {
            Some((_, key)) => Ok(key.as_ref()),
            None => Err(Lookup::Key(kid)),
        }
    }
}

fn signed_in(session: SessionClaims) -> Decision {
    Decision { state: AuthState::SignedIn(Box::new(session)), location: None, headers: Vec::new(), trouble: None }
}

fn signed_out(reason: impl Into<AuthReason>) -> Decision {
    let reason = reason.into();
    let headers = status_headers("signed-out", &reason);
    Decision { state: AuthState::SignedOut(reason), location: None, headers, trouble: None }
}

/// The headers by which Clerk's tools explain a decision.
fn status_headers(status: &'static str, reason: &str) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = vec![(HeaderName::from_static("x-clerk-auth-status"), HeaderValue::from_static(status))];
    let reason = HeaderValue::from_str(reason);
    headers.extend(reason.map(|reason| (HeaderName::from_static("x-clerk-auth-reason"), reason)));
    headers
}
