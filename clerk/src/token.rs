//! Session tokens and their verification. The functions are pure: they have no clock and no
//! network.
//!
//! The rules are stricter than those of Clerk's library: only RS256, always the issuer of the
//! instance, no padding, no critical extensions, always a session id. A library verifies the
//! signature only; its own checks of claims have other defaults (60 s leeway, no `azp`) and would
//! hide these rules.

mod token_error;

pub use token_error::TokenError;

use crate::claims::SessionClaims;
use crate::ids::SessionId;
use crate::keys::VerifyingKey;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

/// The longest token, in bytes. A cookie holds 4 KiB, and a header more.
const MAX_BYTES: usize = 16 * 1024;

/// Clerk's token classes in the header member `cat`.
const CLASS_SESSION: &str = "cl_B7d4PD111AAA";
const CLASS_IGNORED: &str = "cl_I7d4PD111III";
const CLASS_MACHINE: &str = "cl_B7d4PD333AAA";

/// The last second of a date in ECMAScript, on either side of 1970.
const FURTHEST_SECOND: f64 = 8.64e12;

/// The tolerance for clocks that differ, in milliseconds (Clerk's default).
const LEEWAY_MS: i64 = 5000;

/// The values that a session token must have.
#[derive(Clone, Debug)]
pub struct Expectations {
    /// The exact `iss`: [`PublishableKey::issuer`](crate::publishable_key::PublishableKey::issuer).
    pub issuer: String,
    /// The origins of which `azp` must be one (Clerk: `authorizedParties`). An empty list checks
    /// nothing, and then a token of another application of the instance counts too.
    pub authorized_parties: Vec<String>,
    /// The audiences of which `aud` must name one if the token has that claim (Clerk: `audience`).
    /// An empty list checks nothing.
    pub audience: Vec<String>,
    /// The tolerance for clocks that differ, in milliseconds (Clerk: `clockSkewInMs`).
    pub leeway_ms: i64,
}

impl Expectations {
    /// Tokens of this issuer that were made for these origins, with a tolerance of five seconds.
    #[must_use]
    pub fn new(issuer: String, authorized_parties: Vec<String>) -> Self {
        Self { issuer, authorized_parties, audience: Vec::new(), leeway_ms: LEEWAY_MS }
    }
}

/// A decoded token. Nothing in it is verified yet.
#[derive(Clone)]
pub struct UnverifiedToken {
    header: Map<String, Value>,
    payload: Map<String, Value>,
    text: Box<str>,
}

impl UnverifiedToken {
    /// The whole token.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The name of the key that claims to have signed it (`kid`).
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }

    /// The claimed issuer.
    pub(crate) fn issuer(&self) -> Option<&str> {
        self.payload.get("iss")?.as_str().filter(|issuer| !issuer.is_empty())
    }

    /// When it claims to be issued, in Unix seconds.
    pub(crate) fn issued_at_s(&self) -> Option<f64> {
        self.payload.get("iat")?.as_f64()
    }

    /// The claimed session.
    pub(crate) fn session_id(&self) -> Option<&str> {
        self.payload.get("sid")?.as_str()
    }

    /// Whether it claims to be issued before this Unix second.
    #[expect(clippy::cast_precision_loss, reason = "seconds of our time fit a double exactly")]
    pub(crate) fn is_older_than(&self, second: i64) -> bool {
        self.issued_at_s().is_some_and(|issued| issued < second as f64)
    }

    /// Whether it claims to have expired, without tolerance.
    #[expect(clippy::cast_precision_loss, reason = "seconds of our time fit a double exactly")]
    pub(crate) fn has_expired(&self, now_ms: i64) -> bool {
        self.payload.get("exp").and_then(Value::as_f64).is_some_and(|expires| expires <= now_ms.div_euclid(1000) as f64)
    }

    /// Whether it claims to be another token than that of a session: one of a JWT template, or of a
    /// machine.
    pub(crate) fn is_no_session(&self) -> bool {
        let oauth = matches!(self.header.get("typ").and_then(Value::as_str), Some("at+jwt" | "application/at+jwt"));
        let machine =
            self.payload.get("sub").and_then(Value::as_str).is_some_and(|subject| subject.starts_with("mch_"));
        !is_session_class(self.header.get("cat")) || oauth || machine
    }
}

/// Decodes a token: three parts of base64url without padding, the first two of them JSON objects
/// (RFC 7515).
///
/// # Errors
/// [`TokenError::Invalid`].
pub fn decode(text: &str) -> Result<UnverifiedToken, TokenError> {
    let invalid = TokenError::Invalid;
    let (signed, signature) = text.rsplit_once('.').filter(|_| text.len() <= MAX_BYTES).ok_or(invalid)?;
    let (header, payload) = signed.split_once('.').ok_or(invalid)?;
    if BASE64_URL_SAFE_NO_PAD.decode(signature).is_err() {
        return Err(invalid);
    }
    Ok(UnverifiedToken { header: object(header)?, payload: object(payload)?, text: text.into() })
}

fn object(part: &str) -> Result<Map<String, Value>, TokenError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Invalid)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenError::Invalid)
}

/// Verifies a token and reads its claims. `now_ms` is the clock, in Unix milliseconds.
///
/// # Errors
/// The first reason that applies. The signature is verified before any claim, so a forger learns
/// nothing about the claims.
pub fn verify_session(
    token: &UnverifiedToken,
    key: &VerifyingKey,
    expected: &Expectations,
    now_ms: i64,
) -> Result<SessionClaims, TokenError> {
    check_class(token)?;
    check_signature(token, key)?;
    check_session(token, expected, now_ms)?;
    SessionClaims::from_claims(&token.payload).ok_or(TokenError::VerificationFailed)
}

/// Checks what may change after the signature was verified: whether the token is for this
/// application, and whether it is valid at this time.
pub(crate) fn check_session(token: &UnverifiedToken, expected: &Expectations, now_ms: i64) -> Result<(), TokenError> {
    check_claims(&token.payload, expected, now_ms)
}

/// The session of a token that this instance signed, of any age and for any application. That is
/// enough to end the session, which the holder of the token could do anyway, and for nothing else.
///
/// # Errors
/// The token is no session token of this instance.
pub(crate) fn signed_session(
    token: &UnverifiedToken,
    key: &VerifyingKey,
    expected: &Expectations,
) -> Result<SessionId, TokenError> {
    check_class(token)?;
    check_signature(token, key)?;
    check_issuer(&token.payload, expected)?;
    let id = token.session_id().filter(|id| id.starts_with("sess_"));
    id.and_then(|id| SessionId::parse(id).ok()).ok_or(TokenError::VerificationFailed)
}

/// Verifies the token that a handshake brings back, and reads its `Set-Cookie` directives. It has
/// no expiry of its own. The session token in it has one, and is verified like every other.
///
/// # Errors
/// The token is no handshake token of this instance.
pub(crate) fn verify_handshake(token: &UnverifiedToken, key: &VerifyingKey) -> Result<Vec<String>, TokenError> {
    check_class(token)?;
    check_signature(token, key)?;
    let directives = token.payload.get("handshake").and_then(Value::as_array).ok_or(TokenError::Invalid)?;
    directives.iter().map(|directive| directive.as_str().map(str::to_owned).ok_or(TokenError::Invalid)).collect()
}

/// Only session tokens count. A token of a JWT template has the same key and outlives its session.
fn check_class(token: &UnverifiedToken) -> Result<(), TokenError> {
    match token.header.get("cat") {
        class if is_session_class(class) => Ok(()),
        Some(Value::String(class)) if class == CLASS_MACHINE => Err(TokenError::Invalid),
        _ => Err(TokenError::TypeMismatch),
    }
}

fn is_session_class(class: Option<&Value>) -> bool {
    match class {
        None => true,
        Some(class) => class.as_str().is_some_and(|class| class == CLASS_SESSION || class == CLASS_IGNORED),
    }
}

fn check_signature(token: &UnverifiedToken, key: &VerifyingKey) -> Result<(), TokenError> {
    let header = |name: &str| token.header.get(name).and_then(Value::as_str);
    // RFC 7515 section 4.1.11: a critical extension that is not understood must be refused, and
    // none is understood here.
    let wrong_type = token.header.contains_key("typ") && header("typ") != Some("JWT");
    if wrong_type || token.header.contains_key("crit") {
        return Err(TokenError::Invalid);
    }
    match header("alg") {
        Some("RS256") => {}
        Some("RS384" | "RS512") => return Err(TokenError::VerificationFailed),
        _ => return Err(TokenError::InvalidAlgorithm),
    }
    let (signed, signature) = token.text.rsplit_once('.').ok_or(TokenError::Invalid)?;
    let verified = jsonwebtoken::crypto::verify(signature, signed.as_bytes(), key.decoding_key(), Algorithm::RS256);
    match verified {
        Ok(true) => Ok(()),
        Ok(false) => Err(TokenError::InvalidSignature),
        Err(_) => Err(TokenError::VerificationFailed),
    }
}

fn check_claims(claims: &Map<String, Value>, expected: &Expectations, now_ms: i64) -> Result<(), TokenError> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    text("sub").ok_or(TokenError::VerificationFailed)?;
    check_audience(claims.get("aud"), &expected.audience)?;
    let parties = &expected.authorized_parties;
    if !parties.is_empty() && !text("azp").is_some_and(|azp| parties.iter().any(|party| party == azp)) {
        return Err(TokenError::InvalidAuthorizedParties);
    }
    check_issuer(claims, expected)?;
    check_times(claims, expected.leeway_ms, now_ms)
}

fn check_issuer(claims: &Map<String, Value>, expected: &Expectations) -> Result<(), TokenError> {
    let found = claims.get("iss").and_then(Value::as_str);
    if found == Some(expected.issuer.as_str()) { Ok(()) } else { Err(TokenError::InvalidIssuer) }
}

fn check_audience(found: Option<&Value>, expected: &[String]) -> Result<(), TokenError> {
    let is_ours = |value: &Value| value.as_str().is_some_and(|text| expected.iter().any(|audience| audience == text));
    let fits = match found {
        _ if expected.is_empty() => true,
        None => true,
        Some(Value::Array(list)) => list.iter().any(is_ours),
        Some(value) => is_ours(value),
    };
    if fits { Ok(()) } else { Err(TokenError::VerificationFailed) }
}

/// A time must be within 8.64e12 seconds of 1970, the range of dates in ECMAScript. Clerk's library
/// compares other numbers as not-a-number and lets them pass.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of our time fit a double exactly")]
fn check_times(claims: &Map<String, Value>, leeway_ms: i64, now_ms: i64) -> Result<(), TokenError> {
    let seconds = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => {
            let second = value.as_f64().filter(|second| second.abs() <= FURTHEST_SECOND);
            second.map(Some).ok_or(TokenError::VerificationFailed)
        }
    };
    let (now_ms, leeway_ms) = (now_ms as f64, leeway_ms as f64);
    let expires = seconds("exp")?.ok_or(TokenError::VerificationFailed)?;
    if expires * 1000.0 <= now_ms - leeway_ms {
        return Err(TokenError::Expired);
    }
    let in_the_future = |second: Option<f64>| second.is_some_and(|second| second * 1000.0 > now_ms + leeway_ms);
    if in_the_future(seconds("nbf")?) {
        return Err(TokenError::NotActiveYet);
    }
    if in_the_future(seconds("iat")?) {
        return Err(TokenError::IatInTheFuture);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
