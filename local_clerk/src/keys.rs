//! The keys that sign tokens. The last one signs; earlier ones verify until they are retired.

use crate::error::StartError;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use aws_lc_rs::{rand::SystemRandom, signature::KeyPair as _};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Id of the first key, which at Clerk is the id of the instance. Later keys are numbered.
const KEY_ID: &str = "ins_local";

/// Class of a token: member `cat` of its header.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) enum TokenClass {
    /// Session tokens and handshakes.
    #[serde(rename = "cl_B7d4PD111AAA")]
    Session,
    /// JWT templates.
    #[serde(rename = "cl_B7d4PD222AAA")]
    Template,
}

struct Key {
    id: String,
    pair: KeyPair,
}

pub(crate) fn new_key_pair() -> Result<KeyPair, StartError> {
    KeyPair::generate(KeySize::Rsa2048).map_err(|_| StartError::System("no key can be generated".to_owned()))
}

pub(crate) struct Keys(Mutex<Vec<Key>>);

impl Keys {
    pub(crate) fn new(first: KeyPair) -> Self {
        Self(Mutex::new(vec![Key { id: KEY_ID.to_owned(), pair: first }]))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Key>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs with a new key from now on, until the process ends.
    pub(crate) fn rotate(&self) -> Result<(), StartError> {
        let pair = new_key_pair()?;
        let mut keys = self.lock();
        let number = keys.last().and_then(|key| key.id.rsplit_once('_')?.1.parse().ok()).unwrap_or(1) + 1;
        keys.push(Key { id: format!("{KEY_ID}_{number}"), pair });
        Ok(())
    }

    /// Removes every key except the last. Tokens of the removed keys are invalid from now on.
    pub(crate) fn retire(&self) {
        let mut keys = self.lock();
        let earlier = keys.len().saturating_sub(1);
        keys.drain(..earlier);
    }

    /// A signed token (RS256).
    pub(crate) fn sign(&self, class: TokenClass, claims: &Value, issued_s: i64) -> String {
        let keys = self.lock();
        let Some(key) = keys.last() else { return String::new() };
        let header = json!({ "alg": "RS256", "cat": class, "kid": key.id, "oiat": issued_s, "typ": "JWT" });
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let mut signature = vec![0; key.pair.public_modulus_len()];
        // Signing only fails for a key that is too small for its hash.
        if key.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).is_err() {
            tracing::error!("a token could not be signed");
        }
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    /// The claims of a session token that one of these keys signed. Its times are not checked.
    pub(crate) fn claims(&self, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let decoded = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
        let json = |part: &str| serde_json::from_slice::<Value>(&decoded(part)?).ok();
        let header = json(header)?;
        if header["cat"] != json!(TokenClass::Session) || header["alg"] != "RS256" {
            return None;
        }
        let keys = self.lock();
        let key = keys.iter().find(|key| header["kid"] == key.id.as_str())?;
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.pair.public_key().as_ref());
        public.verify(signed.as_bytes(), &decoded(signature)?).ok()?;
        json(claims)
    }

    /// The public keys as a JWK set (RFC 7517).
    pub(crate) fn jwks(&self) -> Value {
        let jwk = |key: &Key| {
            let public = key.pair.public_key();
            let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
            let (n, e) = (
                number(public.modulus().big_endian_without_leading_zero()),
                number(public.exponent().big_endian_without_leading_zero()),
            );
            json!({ "use": "sig", "kty": "RSA", "kid": key.id, "alg": "RS256", "n": n, "e": e })
        };
        json!({ "keys": self.lock().iter().map(jwk).collect::<Vec<_>>() })
    }
}
