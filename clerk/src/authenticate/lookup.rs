//! The lookups that the decision may ask for, and their results.

use super::decoded_tokens::DecodedTokens;
use crate::ids::SessionId;
use crate::keys::VerifyingKey;

/// Something that the decision needs and cannot fetch itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The key for this `kid`.
    Key(Option<String>),
    /// The `Set-Cookie` directives behind the nonce of a handshake
    /// (Backend API: `GET /clients/handshake_payload`).
    HandshakePayload(String),
    /// New cookies for an expired session (Backend API: `POST /sessions/{id}/refresh`).
    Refresh(Box<Refresh>),
}

/// The parameters with which Clerk refreshes a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// The session of the expired token. It is not verified: Clerk checks it.
    pub session: SessionId,
    /// The session that this instance has signed in the token that has expired. It differs from
    /// `session` only if a token in the header has expired and the cookie has another one. A limit
    /// on refreshes counts this session, because a client cannot make it up.
    pub signed_session: SessionId,
    /// The expired token.
    pub expired_token: String,
    /// The value of the cookie `__refresh_<suffix>`.
    pub refresh_token: String,
    /// The origin of the request.
    pub request_origin: String,
    /// Whether the names of the new cookies get the suffix of the instance.
    pub suffixed_cookies: bool,
}

/// The results of all lookups so far. A new request begins with the default.
#[derive(Debug, Default)]
pub struct LookupResults {
    /// Each `kid` with its key. `None`: the source has no such key.
    pub keys: Vec<(Option<String>, Option<VerifyingKey>)>,
    /// The result for the nonce of a handshake.
    pub handshake_payload: Option<HandshakePayload>,
    /// The directives of the refresh, or the tag of the reason why there are none: Clerk's error
    /// code, or `fetch-error`.
    pub refreshed: Option<Result<Vec<String>, String>>,
    /// The tokens of the request that were decoded so far.
    pub(super) decoded: DecodedTokens,
}

/// The result for the nonce of a handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandshakePayload {
    /// The `Set-Cookie` directives behind the nonce. The list is empty when Clerk does not know the
    /// nonce.
    Directives(Vec<String>),
    /// Nobody has asked Clerk, or Clerk did not answer. The other cookies decide, and the cookie of
    /// the nonce stays for a later request.
    Unknown,
}

/// Either a value or the lookup that must come first. The operator `?` carries the lookup out of
/// the decision, which starts again with the result.
pub(super) type OrLookup<T> = Result<T, Lookup>;
