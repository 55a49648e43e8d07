//! Keys that sign sessions: one PEM from the configuration, or the instance's key set from the Backend API.
//!
//! A token names its key (`kid`); another key is never tried instead. One source belongs to one instance, so a key of another instance
//! cannot be found here.

mod jwks;
mod pem;
#[cfg(test)]
mod tests;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

pub use jwks::Jwks;

/// Below 2048 bits RSA is not safe (NIST SP 800-57); above 8192 one verification becomes a burden.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// An RSA public key of at least 2048 bits, for RS256. Cheap to clone.
#[derive(Clone)]
pub struct VerifyingKey {
    key: Arc<DecodingKey>,
    /// Both numbers, to tell one key from another.
    numbers: Arc<[Vec<u8>; 2]>,
}

/// Not a key that may verify sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RSA public key of at least 2048 bits")]
pub struct InvalidKeyError;

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The instance has no key of this name: the token is refused.
    #[error("no key has this id")]
    Unknown,
    /// The key set cannot be had: nobody is taken for signed out because of that.
    #[error("the key set is unavailable")]
    Unavailable,
}

impl VerifyingKey {
    /// Reads the PEM that Clerk's dashboard shows. Line breaks may be lost or written as `\n`, and the frame may be missing, as happens
    /// in environment files.
    ///
    /// # Errors
    /// Not such a key.
    pub fn from_pem(text: &str) -> Result<Self, InvalidKeyError> {
        let (modulus, exponent) = pem::components(text).ok_or(InvalidKeyError)?;
        Self::from_components(&modulus, &exponent)
    }

    /// Reads a member of a JWK set; only what is meant to verify RS256 signatures, by all that it says
    /// of itself (`use`, `key_ops`, `alg`: RFC 7517 section 4).
    ///
    /// # Errors
    /// Not such a key.
    pub fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, InvalidKeyError> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let absent_or = |name: &str, right: &str| jwk.get(name).is_none_or(|value| value == right);
        let operations = jwk.get("key_ops").map(Value::as_array);
        let verifies =
            |operations: Option<&Vec<Value>>| operations.is_some_and(|list| list.iter().any(|op| op == "verify"));
        let fits = text("kty") == Some("RSA")
            && absent_or("use", "sig")
            && absent_or("alg", "RS256")
            && operations.is_none_or(verifies);
        let number = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(text(name)?).ok();
        match (fits, number("n"), number("e")) {
            (true, Some(modulus), Some(exponent)) => Self::from_components(&modulus, &exponent),
            _ => Err(InvalidKeyError),
        }
    }

    /// Both numbers big-endian.
    fn from_components(modulus: &[u8], exponent: &[u8]) -> Result<Self, InvalidKeyError> {
        let modulus = without_leading_zeros(modulus);
        let exponent = without_leading_zeros(exponent);
        let high_bit = modulus.first().is_some_and(|byte| byte & 0x80 != 0);
        // Odd and at least 65537 (FIPS 186-5), and no longer than the libraries can compute with.
        let sane_exponent = (3..=4).contains(&exponent.len()) && exponent.last().is_some_and(|byte| byte & 1 == 1);
        if MODULUS_BYTES.contains(&modulus.len()) && (high_bit || modulus.len() > 256) && sane_exponent {
            let key = Arc::new(DecodingKey::from_rsa_raw_components(modulus, exponent));
            Ok(Self { key, numbers: Arc::new([modulus.to_vec(), exponent.to_vec()]) })
        } else {
            Err(InvalidKeyError)
        }
    }

    pub(crate) fn decoding_key(&self) -> &DecodingKey {
        &self.key
    }
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifyingKey")
    }
}

/// Where keys come from. Cheap to clone.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// One key for every token, whatever its `kid` says (Clerk behaviour).
    Pem(VerifyingKey),
    /// The instance's key set.
    Jwks(Jwks),
}

impl KeySource {
    /// Verification without the network.
    #[must_use]
    pub fn pem(key: VerifyingKey) -> Self {
        Self::Pem(key)
    }

    /// The key set of the Backend API at `api_url`.
    ///
    /// # Errors
    /// The HTTP client cannot be made.
    pub fn jwks(api_url: &str, secret_key: SecretString) -> Result<Self, reqwest::Error> {
        Ok(Self::Jwks(Jwks::new(api_url, secret_key)?))
    }

    /// The key for a token that names `kid`.
    ///
    /// # Errors
    /// There is none, or the source cannot be asked.
    pub async fn key(&self, kid: Option<&str>, now_ms: i64) -> Result<VerifyingKey, KeyError> {
        match self {
            Self::Pem(key) => Ok(key.clone()),
            Self::Jwks(set) => set.key(kid.ok_or(KeyError::Unknown)?, now_ms).await,
        }
    }

    /// Asks the source anew, whatever is known already; the reason is for whoever runs the server.
    ///
    /// # Errors
    /// The key set cannot be had, or has no usable key.
    pub async fn fetch(&self) -> Result<(), String> {
        match self {
            Self::Pem(_) => Ok(()),
            Self::Jwks(set) => set.fetch().await.map(|_| ()),
        }
    }

    /// Asks the source anew, and whether it has this very key.
    ///
    /// # Errors
    /// As [`KeySource::fetch`].
    pub async fn contains(&self, key: &VerifyingKey) -> Result<bool, String> {
        let is_it = |found: &VerifyingKey| found.numbers == key.numbers;
        match self {
            Self::Pem(own) => Ok(is_it(own)),
            Self::Jwks(set) => Ok(set.fetch().await?.values().any(is_it)),
        }
    }

    /// Whether keys are at hand.
    pub async fn is_ready(&self, now_ms: i64) -> bool {
        match self {
            Self::Pem(_) => true,
            Self::Jwks(set) => set.is_ready(now_ms).await,
        }
    }
}
