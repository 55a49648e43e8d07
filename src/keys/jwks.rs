//! The instance's key set, kept for five minutes.
//!
//! One fetch at a time, whoever waits shares its outcome. A `kid` that is not in the set may be a rotated key, so the set is fetched again, but
//! at most every ten seconds: random names must not become a load on Clerk. While the source is down the last good set is kept for an hour.

use super::{KeyError, VerifyingKey};
use crate::http_client::http_client;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;

const FRESH_MS: i64 = 5 * 60 * 1000;
const KEPT_WHILE_DOWN_MS: i64 = 60 * 60 * 1000;
const BETWEEN_FETCHES_MS: i64 = 10 * 1000;
const TIME_LIMIT: Duration = Duration::from_secs(3);
/// A key is about 500 bytes, and an instance has one or two.
const MAX_BYTES: usize = 64 * 1024;

/// The key set of one instance. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Jwks(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    url: String,
    secret_key: SecretString,
    client: reqwest::Client,
    known: RwLock<Known>,
    fetching: Mutex<()>,
}

#[derive(Clone, Debug, Default)]
struct Known {
    keys: Arc<HashMap<String, VerifyingKey>>,
    /// Last success and last attempt, Unix milliseconds.
    fetched_ms: Option<i64>,
    tried_ms: Option<i64>,
}

impl Jwks {
    pub(super) fn new(api_url: &str, secret_key: SecretString) -> Result<Self, reqwest::Error> {
        let url = format!("{}/v1/jwks", api_url.trim_end_matches('/'));
        let (known, fetching) = (RwLock::default(), Mutex::default());
        Ok(Self(Arc::new(Inner { url, secret_key, client: http_client(TIME_LIMIT)?, known, fetching })))
    }

    pub(super) async fn key(&self, kid: &str, now_ms: i64) -> Result<VerifyingKey, KeyError> {
        if let Some(key) = self.known().keys.get(kid).filter(|_| self.known().is_fresh(now_ms)) {
            return Ok(key.clone());
        }
        self.refresh(kid, now_ms).await;
        let known = self.known();
        match known.keys.get(kid) {
            _ if !known.is_usable(now_ms) => Err(KeyError::Unavailable),
            Some(key) => Ok(key.clone()),
            // An unknown name is only surely unknown when the set is not an old one.
            None if known.is_fresh(now_ms) => Err(KeyError::Unknown),
            None => Err(KeyError::Unavailable),
        }
    }

    pub(super) async fn is_ready(&self, now_ms: i64) -> bool {
        if !self.known().is_fresh(now_ms) {
            self.refresh("", now_ms).await;
        }
        self.known().is_usable(now_ms)
    }

    /// Fetches the set unless somebody just did.
    async fn refresh(&self, kid: &str, now_ms: i64) {
        let _one_at_a_time = self.0.fetching.lock().await;
        let known = self.known();
        let found = known.is_fresh(now_ms) && known.keys.contains_key(kid);
        let too_soon = known.tried_ms.is_some_and(|tried_ms| now_ms - tried_ms < BETWEEN_FETCHES_MS);
        if found || too_soon {
            return;
        }
        let fetched = self.fetch().await;
        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        known.tried_ms = Some(now_ms);
        match fetched {
            Ok(keys) => {
                known.keys = Arc::new(keys);
                known.fetched_ms = Some(now_ms);
            }
            Err(reason) => tracing::error!(reason, "the key set could not be fetched"),
        }
    }

    async fn fetch(&self) -> Result<HashMap<String, VerifyingKey>, String> {
        let text = |error: reqwest::Error| error.without_url().to_string();
        let request = self.0.client.get(&self.0.url).bearer_auth(self.0.secret_key.expose_secret());
        let mut response = request.send().await.and_then(reqwest::Response::error_for_status).map_err(text)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(text)? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_BYTES {
                return Err("the answer is too large".to_owned());
            }
        }
        let set: Value = serde_json::from_slice(&body).map_err(|_| "the answer is not JSON".to_owned())?;
        let keys = keys_of(&set);
        if keys.is_empty() { Err("the answer has no usable key".to_owned()) } else { Ok(keys) }
    }

    fn known(&self) -> Known {
        self.0.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The usable keys of a set; others are left out, as RFC 7517 section 5 demands.
fn keys_of(set: &Value) -> HashMap<String, VerifyingKey> {
    let members = set.get("keys").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    members.filter_map(|jwk| Some((jwk.get("kid")?.as_str()?.to_owned(), VerifyingKey::from_jwk(jwk).ok()?))).collect()
}

impl Known {
    fn is_fresh(&self, now_ms: i64) -> bool {
        self.fetched_ms.is_some_and(|fetched_ms| now_ms - fetched_ms < FRESH_MS)
    }

    fn is_usable(&self, now_ms: i64) -> bool {
        self.fetched_ms.is_some_and(|fetched_ms| now_ms - fetched_ms < KEPT_WHILE_DOWN_MS)
    }
}
