//! Performs the lookups that [`authenticate`](crate::authenticate) asks for: keys from a
//! [`KeySource`], handshake payloads and refreshed sessions from the [`BackendApi`].
//!
//! [`authenticate()`] is all that most applications need. An application that limits how often a
//! client may cause requests to Clerk runs the loop itself, with [`perform`]. It answers 429 for a
//! lookup that it does not perform; after [`HandshakePayload::Unknown`] the other cookies decide.

use crate::authenticate::{
    AuthConfig, Decision, HandshakePayload, Lookup, LookupResults, Progress, RequestHead, decide,
};
use crate::backend_api::{BackendApi, BackendApiError};
use crate::keys::{KeyError, KeySource};

/// The most lookups of one request: a handshake token, the session in it and the session of a
/// cookie may each name a key, and one nonce and one refresh come on top. More would be a loop.
pub const MAX_LOOKUPS: usize = 5;

/// Why a request cannot be decided. Answer 503: that somebody is signed out is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// The key set of the instance cannot be fetched.
    #[error("the keys of the Clerk instance are unavailable")]
    KeysUnavailable,
    /// Clerk did not answer the lookup of a nonce. The result of the nonce is
    /// [`HandshakePayload::Unknown`], so an application may let the other cookies decide.
    #[error("Clerk does not answer the lookup of a handshake")]
    ClerkUnavailable,
    /// The request asked for more than [`MAX_LOOKUPS`] lookups, which no request should.
    #[error("a request needs too many lookups")]
    TooManyLookups,
}

/// Decides who sent a request, with all lookups. `now_ms` is the clock, in Unix milliseconds.
///
/// # Errors
/// The keys or the payload of a handshake cannot be fetched. That Clerk does not refresh a session
/// is no error: a document then starts a handshake (Clerk behaviour).
pub async fn authenticate(
    head: RequestHead<'_>,
    config: &AuthConfig,
    keys: &KeySource,
    backend_api: &BackendApi,
    now_ms: i64,
) -> Result<Decision, LookupError> {
    let mut results = LookupResults::default();
    for _ in 0..=MAX_LOOKUPS {
        match decide(head, config, &results, now_ms) {
            Progress::Done(decision) => return Ok(decision),
            Progress::Needs(lookup) => perform(lookup, &mut results, keys, backend_api, now_ms).await?,
        }
    }
    Err(LookupError::TooManyLookups)
}

/// Performs one lookup and adds its result.
///
/// # Errors
/// As [`authenticate()`].
pub async fn perform(
    lookup: Lookup,
    results: &mut LookupResults,
    keys: &KeySource,
    backend_api: &BackendApi,
    now_ms: i64,
) -> Result<(), LookupError> {
    match lookup {
        Lookup::Key(kid) => {
            let key = match keys.key(kid.as_deref(), now_ms).await {
                Ok(key) => Some(key),
                Err(KeyError::Unknown) => None,
                Err(KeyError::Unavailable) => return Err(LookupError::KeysUnavailable),
            };
            results.keys.push((kid, key));
        }
        Lookup::HandshakePayload(nonce) => {
            let (payload, outcome) = match backend_api.handshake_payload(&nonce).await {
                Ok(directives) => (HandshakePayload::Directives(directives), Ok(())),
                Err(error @ BackendApiError::Unavailable(_)) => {
                    tracing::warn!(%error, "Clerk did not answer the lookup of a handshake");
                    (HandshakePayload::Unknown, Err(LookupError::ClerkUnavailable))
                }
                Err(error @ (BackendApiError::NotFound | BackendApiError::Rejected(_))) => {
                    tracing::warn!(%error, "Clerk does not know the nonce of a handshake");
                    (HandshakePayload::Directives(Vec::new()), Ok(()))
                }
            };
            results.handshake_payload = Some(payload);
            return outcome;
        }
        Lookup::Refresh(refresh) => results.refreshed = Some(backend_api.refresh(&refresh).await),
    }
    Ok(())
}
