//! An RSA public key that verifies session tokens, from a PEM text or a member of a JWK set.

use super::pem;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

/// The bytes of a modulus: 2048 to 8192 bits. Below, RSA is not safe (NIST SP 800-57); above, a
/// single verification costs too much.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// An RSA public key of at least 2048 bits, for RS256. Cheap to clone.
#[derive(Clone)]
pub struct VerifyingKey {
    key: Arc<DecodingKey>,
    /// Modulus and exponent, for comparisons.
    numbers: Arc<[Vec<u8>; 2]>,
}

/// The text or the JWK is not a key that may verify sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RSA public key of at least 2048 bits")]
pub struct InvalidKeyError;

impl VerifyingKey {
    /// Reads the PEM that Clerk's dashboard shows. Line breaks may be missing or written as `\n`,
    /// and the frame may be missing, as happens in environment files.
    ///
    /// # Errors
    /// The text is no RSA public key, or the key is too short, too long or has an unsafe exponent.
    pub fn from_pem(text: &str) -> Result<Self, InvalidKeyError> {
        let (modulus, exponent) = pem::components(text).ok_or(InvalidKeyError)?;
        Self::from_components(&modulus, &exponent)
    }

    /// Reads a member of a JWK set. Each of `use`, `key_ops` and `alg` (RFC 7517 section 4) that is
    /// present must allow to verify RS256 signatures.
    ///
    /// # Errors
    /// The member is not such a key.
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

    /// Both numbers are big-endian.
    fn from_components(modulus: &[u8], exponent: &[u8]) -> Result<Self, InvalidKeyError> {
        let modulus = without_leading_zeros(modulus);
        let exponent = without_leading_zeros(exponent);
        let high_bit = modulus.first().is_some_and(|byte| byte & 0x80 != 0);
        // Odd and at least 65537 (FIPS 186-5), and no longer than the cryptographic library
        // accepts.
        let sane_exponent = (3..=4).contains(&exponent.len()) && exponent.last().is_some_and(|byte| byte & 1 == 1);
        if MODULUS_BYTES.contains(&modulus.len()) && (high_bit || modulus.len() > 256) && sane_exponent {
            let key = Arc::new(DecodingKey::from_rsa_raw_components(modulus, exponent));
            Ok(Self { key, numbers: Arc::new([modulus.to_vec(), exponent.to_vec()]) })
        } else {
            Err(InvalidKeyError)
        }
    }

    /// Whether both are the same key.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.numbers == other.numbers
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
