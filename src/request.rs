//! Who is asking? Clerk's request state machine as a pure function: request head, settings, clock -> decision.
//!
//! No I/O: where a key is needed, [`decide`] says so and is entered again with the answer. A decision grants nothing by itself; it tells
//! who the session belongs to, that nobody is signed in and why, or where the browser has to go first. Left out: satellite domains and
//! machine tokens. Order and reasons are those of Clerk's `authenticateRequest`.

mod cookies;
mod handshake;
#[cfg(test)]
mod tests;

use crate::claims::Session;
use crate::keys::VerifyingKey;
use crate::token::{self, Expectations, Reason, UnverifiedToken};
use cookies::Cookies;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

/// What the decision needs to know about the Clerk instance and this application.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Development instances hand the handshake over in the query, production instances in a cookie.
    pub development: bool,
    /// Base of the Frontend API as browsers reach it, without trailing slash.
    pub frontend_api: String,
    /// Origin under which people reach this application.
    pub public_origin: String,
    /// What a session token must say.
    pub expectations: Expectations,
}

/// The part of a request that tells who is asking.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// Method.
    pub method: &'a Method,
    /// Path and query as received.
    pub target: &'a str,
    /// Headers.
    pub headers: &'a HeaderMap,
}

/// Who is asking.
#[derive(Debug)]
pub enum State {
    /// A session whose token was verified.
    SignedIn(Box<Session>),
    /// Nobody, with Clerk's name of the reason.
    SignedOut(&'static str),
    /// The browser must go there first (307), with Clerk's name of the reason.
    Handshake(HeaderValue, &'static str),
}

/// The decision, with the headers that belong on the answer whatever it is.
#[derive(Debug)]
pub struct Decision {
    /// Who is asking.
    pub state: State,
    /// To be appended, never to replace: there may be several `Set-Cookie`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// Either decided, or a key is needed to go on.
#[derive(Debug)]
pub enum Step {
    /// Decided.
    Done(Decision),
    /// Enter again with the key for this `kid`.
    NeedsKey(Option<String>),
}

/// The keys that were asked for: `kid` and what was found. `None`: the source has no such key.
pub type KnownKeys = [(Option<String>, Option<VerifyingKey>)];

/// Decides who is asking.
#[must_use]
pub fn decide(head: Head<'_>, settings: &Settings, keys: &KnownKeys, now_ms: i64) -> Step {
    let machine = Machine { head, settings, keys, now_ms, cookies: Cookies::of(head.headers) };
    match machine.run() {
        Ok(decision) => Step::Done(decision),
        Err(kid) => Step::NeedsKey(kid),
    }
}

/// A key is missing: leaves the machine with `?` and brings out the `kid`.
type OrNeedsKey<T> = Result<T, Option<String>>;

struct Machine<'a> {
    head: Head<'a>,
    settings: &'a Settings,
    keys: &'a KnownKeys,
    now_ms: i64,
    cookies: Cookies<'a>,
}

impl Machine<'_> {
    fn run(&self) -> OrNeedsKey<Decision> {
        if let Some(token) = bearer(self.head.headers) {
            return Ok(match self.session(token)? {
                Ok(session) => signed_in(session),
                Err(reason) => signed_out(reason.as_str()),
            });
        }
        if let Some(decision) = self.returned_handshake()? {
            return Ok(decision);
        }
        self.by_cookie()
    }

    /// The cookie path of the state machine; the first line that applies decides.
    fn by_cookie(&self) -> OrNeedsKey<Decision> {
        let signed_in_at_s = self.cookies.client_uat();
        let Some(text) = self.cookies.get("__session") else {
            return Ok(match signed_in_at_s {
                0 => signed_out("session-token-and-uat-missing"),
                _ => self.handshake("client-uat-but-no-session-token"),
            });
        };
        if signed_in_at_s == 0 {
            return Ok(self.handshake("session-token-but-no-client-uat"));
        }
        let token = match token::decode(text) {
            Ok(token) => token,
            Err(reason) => return Ok(signed_out(reason.as_str())),
        };
        if token.is_older_than(signed_in_at_s) {
            return Ok(self.handshake("session-token-iat-before-client-uat"));
        }
        Ok(match self.verified(&token)? {
            Ok(session) => signed_in(session),
            Err(Reason::TokenExpired) => self.handshake("session-token-expired-refresh-non-eligible-no-refresh-cookie"),
            Err(Reason::TokenNotActiveYet) => self.handshake("session-token-nbf"),
            Err(Reason::TokenIatInTheFuture) => self.handshake("session-token-iat-in-the-future"),
            Err(reason) => signed_out(reason.as_str()),
        })
    }

    fn session(&self, text: &str) -> OrNeedsKey<Result<Session, Reason>> {
        match token::decode(text) {
            Ok(token) => self.verified(&token),
            Err(reason) => Ok(Err(reason)),
        }
    }

    fn verified(&self, token: &UnverifiedToken<'_>) -> OrNeedsKey<Result<Session, Reason>> {
        Ok(match self.key(token)? {
            Some(key) => token::verify_session(token, key, &self.settings.expectations, self.now_ms),
            None => Err(Reason::JwkKidMismatch),
        })
    }

    /// The key for a token: `Err` asks for it, `None` means that there is none.
    fn key(&self, token: &UnverifiedToken<'_>) -> OrNeedsKey<Option<&VerifyingKey>> {
        let kid = token.kid().map(str::to_owned);
        match self.keys.iter().find(|(known, _)| *known == kid) {
            Some((_, key)) => Ok(key.as_ref()),
            None => Err(kid),
        }
    }
}

/// `Bearer <token>`, exactly so; any other scheme leaves the question to the cookies (Clerk behaviour).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn signed_in(session: Session) -> Decision {
    Decision { state: State::SignedIn(Box::new(session)), headers: Vec::new() }
}

fn signed_out(reason: &'static str) -> Decision {
    Decision { state: State::SignedOut(reason), headers: status_headers("signed-out", reason) }
}

/// The headers by which Clerk's tools explain a decision. Both texts are ours, so they always are header values.
fn status_headers(status: &'static str, reason: &'static str) -> Vec<(HeaderName, HeaderValue)> {
    vec![
        (HeaderName::from_static("x-clerk-auth-status"), HeaderValue::from_static(status)),
        (HeaderName::from_static("x-clerk-auth-reason"), HeaderValue::from_static(reason)),
    ]
}
