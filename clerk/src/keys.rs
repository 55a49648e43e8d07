//! The keys that verify sessions: one PEM from the configuration, or the instance's key set from
//! the Backend API.
//!
//! A token names its key (`kid`), and no other key is tried instead. A source belongs to one
//! instance, so it never finds a key of another instance.

mod key_set;
mod pem;
mod verifying_key;
#[cfg(test)]
mod tests;

pub use key_set::{Jwks, KeyError, KeySetError};
pub use verifying_key::{InvalidKeyError, VerifyingKey};

use secrecy::SecretString;

/// Where keys come from. It is cheap to clone.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// One key for every token, whatever its `kid` is (Clerk behaviour of `CLERK_JWT_KEY`).
    Pem(VerifyingKey),
    /// The instance's key set.
    Jwks(Jwks),
}

impl KeySource {
    /// One key, so that verification needs no network.
    #[must_use]
    pub fn pem(key: VerifyingKey) -> Self {
        Self::Pem(key)
    }

    /// The key set of the Backend API at `api_url`, `https://api.clerk.com` for example. The set is
    /// fetched when the first token asks for a key, and kept for five minutes.
    ///
    /// # Errors
    /// The TLS backend cannot be set up.
    pub fn jwks(api_url: &str, secret_key: SecretString) -> Result<Self, reqwest::Error> {
        Ok(Self::Jwks(Jwks::new(api_url, secret_key)?))
    }

    /// The key for a token that names `kid`. `now_ms` is the clock, in Unix milliseconds.
    ///
    /// # Errors
    /// The source has no such key, or cannot be reached.
    pub async fn key(&self, kid: Option<&str>, now_ms: i64) -> Result<VerifyingKey, KeyError> {
        match self {
            Self::Pem(key) => Ok(key.clone()),
            Self::Jwks(set) => set.key(kid.ok_or(KeyError::Unknown)?, now_ms).await,
        }
    }

    /// Fetches the key set now, even if a fresh one is known. A check of the configuration uses it.
    ///
    /// # Errors
    /// The key set cannot be fetched, or has no usable key.
    pub async fn fetch(&self) -> Result<(), KeySetError> {
        match self {
            Self::Pem(_) => Ok(()),
            Self::Jwks(set) => set.fetch().await.map(|_| ()),
        }
    }

    /// Fetches the key set now, and tells whether it has this key under any name.
    ///
    /// # Errors
    /// As [`KeySource::fetch`].
    pub async fn contains(&self, key: &VerifyingKey) -> Result<bool, KeySetError> {
        match self {
            Self::Pem(own) => Ok(own.is_same(key)),
            Self::Jwks(set) => Ok(set.fetch().await?.values().any(|found| found.is_same(key))),
        }
    }

    /// Whether there are keys. A key set that is not fresh is fetched first.
    pub async fn is_ready(&self, now_ms: i64) -> bool {
        match self {
            Self::Pem(_) => true,
            Self::Jwks(set) => set.is_ready(now_ms).await,
        }
    }
}
