//! The instance's key set (JWKS), kept for five minutes.
//!
//! One fetch runs at a time, and all callers who wait share its result. A `kid` that is not in the
//! set may be a rotated key, so the set is fetched again, but at most every ten seconds: random
//! names must not become a load on Clerk. While the source is down, the last good set is used for
//! an hour.

use super::verifying_key::VerifyingKey;
use crate::http_client::http_client;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;

/// The remedy that follows every failed fetch in the log.
const REMEDY: &str = "check whether this machine can reach CLERK_API_URL, and whether CLERK_SECRET_KEY is a key of \
                      this instance (status 401 means that it is not); with CLERK_JWT_KEY no key set is needed";
const FRESH_MS: i64 = 5 * 60 * 1000;
const KEPT_WHILE_DOWN_MS: i64 = 60 * 60 * 1000;
const BETWEEN_FETCHES_MS: i64 = 10 * 1000;
const TIME_LIMIT: Duration = Duration::from_secs(3);
/// The largest answer. A key has about 500 bytes, and an instance has one or two keys.
const MAX_BYTES: usize = 64 * 1024;

/// Why there is no key for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The instance has no key of this name, so the token is refused.
    #[error("no key has this id")]
    Unknown,
    /// The key set cannot be fetched. Answer 503: that somebody is signed out is not known.
    #[error("the key set is unavailable")]
    Unavailable,
}

/// Why the key set cannot be fetched. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    /// The Backend API cannot be reached, or answers with an error status.
    #[error("{0}")]
    Http(reqwest::Error),
    /// The answer is larger than 64 KiB.
    #[error("the answer is too large")]
    TooLarge,
    /// The answer is not JSON.
    #[error("the answer is not JSON")]
    NotJson,
    /// The answer has no RSA key that may verify sessions.
    #[error("the answer has no usable key")]
    NoUsableKey,
}

/// The key set of one instance. It is cheap to clone.
#[derive(Clone, Debug)]
pub struct Jwks(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    url: String,
    secret_key: SecretString,
    client: reqwest::Client,
    known: RwLock<Known>,
    fetching: Arc<Mutex<()>>,
}

#[derive(Clone, Debug, Default)]
struct Known {
    keys: Arc<HashMap<String, VerifyingKey>>,
    /// The last success and the last attempt, in Unix milliseconds.
    fetched_ms: Option<i64>,
    tried_ms: Option<i64>,
}

impl Jwks {
    pub(super) fn new(api_url: &str, secret_key: SecretString) -> Result<Self, reqwest::Error> {
        let url = format!("{}/v1/jwks", api_url.trim_end_matches('/'));
        let (known, fetching) = (RwLock::default(), Arc::default());
        Ok(Self(Arc::new(Inner { url, secret_key, client: http_client(TIME_LIMIT)?, known, fetching })))
    }

    pub(super) async fn key(&self, kid: &str, now_ms: i64) -> Result<VerifyingKey, KeyError> {
        if let Some(key) = self.known().keys.get(kid).filter(|_| self.known().is_fresh(now_ms)) {
            return Ok(key.clone());
        }
        let fetched = self.refresh(kid, now_ms);
        // A slow source does not delay a key of the last good set.
        if let Some(key) = self.known().keys.get(kid).filter(|_| self.known().is_usable(now_ms)) {
            return Ok(key.clone());
        }
        fetched.await;
        let known = self.known();
        match known.keys.get(kid) {
            _ if !known.is_usable(now_ms) => Err(KeyError::Unavailable),
            Some(key) => Ok(key.clone()),
            // Only a fresh set shows that a name is unknown.
            None if known.is_fresh(now_ms) => Err(KeyError::Unknown),
            None => Err(KeyError::Unavailable),
        }
    }

    /// When the set was fetched last, in Unix milliseconds; `None` before the first time.
    #[must_use]
    pub fn fetched_at_ms(&self) -> Option<i64> {
        self.known().fetched_ms
    }

    pub(super) async fn is_ready(&self, now_ms: i64) -> bool {
        if !self.known().is_fresh(now_ms) {
            self.refresh("", now_ms).await;
        }
        self.known().is_usable(now_ms)
    }

    /// Starts a fetch unless one is running or was just tried, and returns the wait for its end.
    /// The fetch is a task of its own, so a caller who disconnects neither ends it nor starts the
    /// next one early.
    fn refresh(&self, kid: &str, now_ms: i64) -> impl Future<Output = ()> {
        if let Ok(one_at_a_time) = Arc::clone(&self.0.fetching).try_lock_owned() {
            let known = self.known();
            let found = known.is_fresh(now_ms) && known.keys.contains_key(kid);
            let too_soon = known.tried_ms.is_some_and(|tried_ms| is_within(tried_ms, now_ms, BETWEEN_FETCHES_MS));
            if !found && !too_soon {
                let this = self.clone();
                tokio::spawn(async move {
                    this.fetch_and_keep(now_ms).await;
                    drop(one_at_a_time);
                });
            }
        }
        let fetching = Arc::clone(&self.0.fetching);
        async move { drop(fetching.lock().await) }
    }

    async fn fetch_and_keep(&self, now_ms: i64) {
        self.0.known.write().unwrap_or_else(PoisonError::into_inner).tried_ms = Some(now_ms);
        let fetched = self.fetch().await;
        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        match fetched {
            Ok(keys) => {
                known.keys = Arc::new(keys);
                known.fetched_ms = Some(now_ms);
            }
            Err(error) => tracing::error!(%error, "the key set could not be fetched: {REMEDY}"),
        }
    }

    pub(super) async fn fetch(&self) -> Result<HashMap<String, VerifyingKey>, KeySetError> {
        let http = |error: reqwest::Error| KeySetError::Http(error.without_url());
        let request = self.0.client.get(&self.0.url).bearer_auth(self.0.secret_key.expose_secret());
        let mut response = request.send().await.and_then(reqwest::Response::error_for_status).map_err(http)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(http)? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_BYTES {
                return Err(KeySetError::TooLarge);
            }
        }
        let set: Value = serde_json::from_slice(&body).map_err(|_| KeySetError::NotJson)?;
        let keys = keys_of(&set);
        if keys.is_empty() { Err(KeySetError::NoUsableKey) } else { Ok(keys) }
    }

    fn known(&self) -> Known {
        self.0.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The usable keys of a set. The others are left out, as RFC 7517 section 5 demands.
fn keys_of(set: &Value) -> HashMap<String, VerifyingKey> {
    let members = set.get("keys").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    members.filter_map(|jwk| Some((jwk.get("kid")?.as_str()?.to_owned(), VerifyingKey::from_jwk(jwk).ok()?))).collect()
}

/// Whether two moments are less than `span_ms` apart, in either order. A clock that is set back
/// must not keep a set for ever.
fn is_within(then_ms: i64, now_ms: i64, span_ms: i64) -> bool {
    (now_ms - then_ms).abs() < span_ms
}

impl Known {
    fn is_fresh(&self, now_ms: i64) -> bool {
        self.fetched_ms.is_some_and(|fetched_ms| is_within(fetched_ms, now_ms, FRESH_MS))
    }

    fn is_usable(&self, now_ms: i64) -> bool {
        self.fetched_ms.is_some_and(|fetched_ms| is_within(fetched_ms, now_ms, KEPT_WHILE_DOWN_MS))
    }
}
