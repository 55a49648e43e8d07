//! Remembers session tokens that were verified, because a browser sends the same token for a minute
//! and an RSA signature costs more than the rest of a small request.
//!
//! Only facts that never change are remembered: the decoded token, the key that verified it and its
//! claims. The key source, the issuer, the origins and the clock decide about every request again,
//! so a remembered token gets the verdict of an unknown one. Refusals are not remembered: a key may
//! appear later, and a flood of forged tokens must not push out those of users.

use crate::claims::SessionClaims;
use crate::keys::VerifyingKey;
use crate::token::{self, Expectations, TokenError, UnverifiedToken};
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Number of locks. A lock is held for one lookup, and more shards than cores avoid contention.
const SHARDS: usize = 16;

/// Tokens that are remembered at most. A token of 1 KiB takes about 5 KiB with its claims.
const CAPACITY: usize = 4096;

/// The longest token that is remembered, in bytes: a cookie holds no more (RFC 6265bis section
/// 5.7).
const MAX_BYTES: usize = 4096;

/// The verified tokens of one process. Cheap to clone; the clones share their tokens.
#[derive(Clone)]
pub struct VerifiedTokens {
    shards: Arc<[Mutex<Shard>]>,
    hasher: RandomState,
}

#[derive(Default)]
struct Shard {
    /// Keyed by the whole token, because any part of it could belong to a forgery.
    tokens: HashMap<Arc<str>, Arc<DecodedToken>>,
    /// The tokens in the order of insertion.
    queue: VecDeque<Arc<str>>,
}

/// A decoded token, and the proof that its signature was verified, if it was.
pub(crate) struct DecodedToken {
    token: UnverifiedToken,
    verified: Option<Verified>,
}

struct Verified {
    key: VerifyingKey,
    claims: SessionClaims,
}

impl Default for VerifiedTokens {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }
}

impl VerifiedTokens {
    /// Decodes a token, unless it is remembered.
    pub(crate) fn decode(&self, text: &str) -> Result<Arc<DecodedToken>, TokenError> {
        let remembered = self.shard(text).and_then(|shard| shard.tokens.get(text).cloned());
        let decoded = || Ok(Arc::new(DecodedToken { token: token::decode(text)?, verified: None }));
        remembered.map_or_else(decoded, Ok)
    }

    /// [`token::verify_session`] without the signature, if the same key has verified it before.
    pub(crate) fn verify_session(
        &self,
        token: &DecodedToken,
        key: &VerifyingKey,
        expected: &Expectations,
        now_ms: i64,
    ) -> Result<SessionClaims, TokenError> {
        if let Some(verified) = token.verified.as_ref().filter(|verified| verified.key.is_same(key)) {
            token::check_session(token, expected, now_ms)?;
            return Ok(verified.claims.clone());
        }
        let claims = token::verify_session(token, key, expected, now_ms)?;
        self.remember(token, Verified { key: key.clone(), claims: claims.clone() }, now_ms);
        Ok(claims)
    }

    fn remember(&self, token: &UnverifiedToken, verified: Verified, now_ms: i64) {
        let text = token.text();
        let Some(mut shard) = self.shard(text).filter(|_| text.len() <= MAX_BYTES) else { return };
        shard.make_room(now_ms);
        let text: Arc<str> = text.into();
        let entry = Arc::new(DecodedToken { token: token.clone(), verified: Some(verified) });
        if shard.tokens.insert(Arc::clone(&text), entry).is_none() {
            shard.queue.push_back(text);
        }
    }

    fn shard(&self, text: &str) -> Option<MutexGuard<'_, Shard>> {
        let index = usize::try_from(self.hasher.hash_one(text)).unwrap_or_default() % SHARDS;
        Some(self.shards.get(index)?.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Number of tokens and of queued keys.
    #[cfg(test)]
    fn sizes(&self) -> (usize, usize) {
        let shards = self.shards.iter().map(|shard| shard.lock().unwrap());
        shards.fold((0, 0), |(kept, queued), shard| (kept + shard.tokens.len(), queued + shard.queue.len()))
    }
}

impl Shard {
    /// Drops expired tokens from the front of the queue, and the oldest tokens while the shard is
    /// full. The expiry only frees memory: the verification looks at the clock itself.
    fn make_room(&mut self, now_ms: i64) {
        while let Some(text) = self.queue.front() {
            let expired = self.tokens.get(text).is_none_or(|token| token.has_expired(now_ms));
            if !expired && self.tokens.len() < CAPACITY / SHARDS {
                break;
            }
            self.tokens.remove(text);
            self.queue.pop_front();
        }
    }
}

impl Deref for DecodedToken {
    type Target = UnverifiedToken;

    fn deref(&self) -> &UnverifiedToken {
        &self.token
    }
}

impl fmt::Debug for VerifiedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifiedTokens")
    }
}

#[cfg(test)]
mod tests;
