//! Session tokens: what they must be before anybody believes what they say. Pure: no clock, no network.
//!
//! Stricter than Clerk's own library: RS256 only, our issuer always, no padding, no critical extensions, a session id always. Only the signature is
//! left to a library; its own checks have other defaults (60 s leeway, `azp` unknown) and would hide these.

use crate::claims::SessionClaims;
use crate::ids::SessionId;
use crate::keys::VerifyingKey;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

/// A cookie holds 4 KiB; a header may hold more, but not a book.
const MAX_BYTES: usize = 16 * 1024;

/// Clerk's token classes in the header member `cat`.
const CLASS_SESSION: &str = "cl_B7d4PD111AAA";
const CLASS_IGNORED: &str = "cl_I7d4PD111III";
const CLASS_MACHINE: &str = "cl_B7d4PD333AAA";

/// The last second that is a date, on either side of 1970.
const FURTHEST_SECOND: f64 = 8.64e12;

/// Five seconds for clocks that differ (Clerk's default).
const LEEWAY_MS: i64 = 5000;

/// Why a token is refused, by Clerk's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Clerk's and say it")]
pub enum TokenError {
    Expired,
    Invalid,
    InvalidAlgorithm,
    InvalidAuthorizedParties,
    InvalidIssuer,
    InvalidSignature,
    NotActiveYet,
    IatInTheFuture,
    VerificationFailed,
    TypeMismatch,
    KidMismatch,
}

impl TokenError {
    /// Clerk's text of the reason.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "token-expired",
            Self::Invalid => "token-invalid",
            Self::InvalidAlgorithm => "token-invalid-algorithm",
            Self::InvalidAuthorizedParties => "token-invalid-authorized-parties",
            Self::InvalidIssuer => "token-invalid-issuer",
            Self::InvalidSignature => "token-invalid-signature",
            Self::NotActiveYet => "token-not-active-yet",
            Self::IatInTheFuture => "token-iat-in-the-future",
            Self::VerificationFailed => "token-verification-failed",
            Self::TypeMismatch => "token-type-mismatch",
            Self::KidMismatch => "jwk-kid-mismatch",
        }
    }
}

/// What a session token must say.
#[derive(Clone, Debug)]
pub struct Expectations {
    /// `iss`, exactly; `None` checks nothing and is for recordings of libraries that do not either.
    pub issuer: Option<String>,
    /// Origins of which `azp` must be one; empty checks nothing.
    pub authorized_parties: Vec<String>,
    /// Audiences of which `aud`, when present, must have one; empty checks nothing.
    pub audience: Vec<String>,
    /// How far clocks may differ, in milliseconds.
    pub leeway_ms: i64,
}

impl Expectations {
    /// Tokens of this issuer, minted for these origins.
    #[must_use]
    pub fn new(issuer: String, authorized_parties: Vec<String>) -> Self {
        Self { issuer: Some(issuer), authorized_parties, audience: Vec::new(), leeway_ms: LEEWAY_MS }
    }
}

/// A token that can be read. Nothing in it is to be believed yet.
pub struct UnverifiedToken<'a> {
    header: Map<String, Value>,
    payload: Map<String, Value>,
    signed: &'a str,
    signature: &'a str,
}

impl UnverifiedToken<'_> {
    /// Name of the key that is said to have signed it.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }

    /// Who is said to have issued it.
    pub(crate) fn issuer(&self) -> Option<&str> {
        self.payload.get("iss")?.as_str().filter(|issuer| !issuer.is_empty())
    }

    /// When it is said to be issued, Unix seconds.
    pub(crate) fn issued_at_s(&self) -> Option<f64> {
        self.payload.get("iat")?.as_f64()
    }

    /// The session that it is said to be for.
    pub(crate) fn session_id(&self) -> Option<&str> {
        self.payload.get("sid")?.as_str()
    }

    /// Whether it is said to be issued before this moment, Unix seconds.
    #[expect(clippy::cast_precision_loss, reason = "seconds of our time fit a double exactly")]
    pub(crate) fn is_older_than(&self, second: i64) -> bool {
        self.issued_at_s().is_some_and(|issued| issued < second as f64)
    }

    /// Whether it is said to have ended, without leeway.
    #[expect(clippy::cast_precision_loss, reason = "seconds of our time fit a double exactly")]
    pub(crate) fn has_expired(&self, now_ms: i64) -> bool {
        self.payload.get("exp").and_then(Value::as_f64).is_some_and(|expires| expires <= now_ms.div_euclid(1000) as f64)
    }

    /// Whether it says of itself to be something else than a session token: one of a JWT template, or of a machine.
    pub(crate) fn is_no_session(&self) -> bool {
        let oauth = matches!(self.header.get("typ").and_then(Value::as_str), Some("at+jwt" | "application/at+jwt"));
        let machine =
            self.payload.get("sub").and_then(Value::as_str).is_some_and(|subject| subject.starts_with("mch_"));
        !is_session_class(self.header.get("cat")) || oauth || machine
    }
}

/// Reads a token: three parts of base64url without padding, the first two JSON objects (RFC 7515).
///
/// # Errors
/// [`TokenError::Invalid`].
pub fn decode(text: &str) -> Result<UnverifiedToken<'_>, TokenError> {
    let invalid = TokenError::Invalid;
    let (signed, signature) = text.rsplit_once('.').filter(|_| text.len() <= MAX_BYTES).ok_or(invalid)?;
    let (header, payload) = signed.split_once('.').ok_or(invalid)?;
    if BASE64_URL_SAFE_NO_PAD.decode(signature).is_err() {
        return Err(invalid);
    }
    Ok(UnverifiedToken { header: object(header)?, payload: object(payload)?, signed, signature })
}

fn object(part: &str) -> Result<Map<String, Value>, TokenError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Invalid)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenError::Invalid)
}

/// Verifies a token and reads the session that it stands for.
///
/// # Errors
/// The first reason that applies; the signature is checked before any claim, so a forger learns nothing about claims.
pub fn verify_session(
    token: &UnverifiedToken<'_>,
    key: &VerifyingKey,
    expected: &Expectations,
    now_ms: i64,
) -> Result<SessionClaims, TokenError> {
    check_class(token)?;
    check_signature(token, key)?;
    check_claims(&token.payload, expected, now_ms)?;
    SessionClaims::from_claims(&token.payload).ok_or(TokenError::VerificationFailed)
}

/// The session of a token that this instance signed, whatever the token's age and whichever application
/// it was made for. That is enough to end the session, which whoever holds the token could do anyway,
/// and for nothing else.
///
/// # Errors
/// Not a session token that this instance signed.
pub fn signed_session(
    token: &UnverifiedToken<'_>,
    key: &VerifyingKey,
    expected: &Expectations,
) -> Result<SessionId, TokenError> {
    check_class(token)?;
    check_signature(token, key)?;
    check_issuer(&token.payload, expected)?;
    let id = token.session_id().filter(|id| id.starts_with("sess_"));
    id.and_then(|id| SessionId::parse(id).ok()).ok_or(TokenError::VerificationFailed)
}

/// Verifies the token that a handshake brings back, and reads its `Set-Cookie` directives. It has no expiry of its own: the session token in
/// it has one, and is verified as every other.
///
/// # Errors
/// Not a handshake token of this instance.
pub fn verify_handshake(token: &UnverifiedToken<'_>, key: &VerifyingKey) -> Result<Vec<String>, TokenError> {
    check_class(token)?;
    check_signature(token, key)?;
    let directives = token.payload.get("handshake").and_then(Value::as_array).ok_or(TokenError::Invalid)?;
    directives.iter().map(|directive| directive.as_str().map(str::to_owned).ok_or(TokenError::Invalid)).collect()
}

/// Only session tokens: a token of a JWT template is signed with the same key and outlives its session.
fn check_class(token: &UnverifiedToken<'_>) -> Result<(), TokenError> {
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

fn check_signature(token: &UnverifiedToken<'_>, key: &VerifyingKey) -> Result<(), TokenError> {
    let header = |name: &str| token.header.get(name).and_then(Value::as_str);
    // RFC 7515 section 4.1.11: what is critical and not understood must be refused, and nothing is understood here.
    let wrong_type = token.header.contains_key("typ") && header("typ") != Some("JWT");
    if wrong_type || token.header.contains_key("crit") {
        return Err(TokenError::Invalid);
    }
    match header("alg") {
        Some("RS256") => {}
        Some("RS384" | "RS512") => return Err(TokenError::VerificationFailed),
        _ => return Err(TokenError::InvalidAlgorithm),
    }
    let verified =
        jsonwebtoken::crypto::verify(token.signature, token.signed.as_bytes(), key.decoding_key(), Algorithm::RS256);
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
    if expected.issuer.is_none() || found == expected.issuer.as_deref() {
        Ok(())
    } else {
        Err(TokenError::InvalidIssuer)
    }
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

/// A moment is within 8.64e12 seconds of 1970, as far as dates of ECMAScript reach: Clerk compares others as not-a-number and lets them pass.
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
