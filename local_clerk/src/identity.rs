//! Who this Clerk is: its signing key and its secrets, made at first start and kept in a file that only its owner can read.

use crate::StartError;
use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

/// Host of the Frontend API. Clerk's scripts know this ending as one of a development instance.
const FRONTEND_API: &str = "local-clerk-1.clerk.accounts.dev";
/// Name of the first signing key, which at Clerk is the id of the instance; the ones after a rotation are numbered.
const KEY_ID: &str = "ins_local";

#[derive(Serialize, Deserialize)]
struct Kept {
    private_key: String,
    secret_key: String,
    webhook_secret: String,
}

/// Keys and secrets.
pub(crate) struct Identity {
    /// The last one signs; the earlier ones still verify what they signed.
    keys: RwLock<Vec<KeyPair>>,
    pub(crate) secret_key: String,
    pub(crate) webhook_secret: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

pub(crate) fn publishable_key() -> String {
    format!("pk_test_{}", BASE64_STANDARD_NO_PAD.encode(format!("{FRONTEND_API}$")))
}

/// Suffix of the instance's cookies: it depends on the publishable key's exact text (Clerk behaviour).
pub(crate) fn cookie_suffix() -> String {
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, publishable_key().as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(hash.as_ref()).chars().take(8).collect()
}

impl Identity {
    pub(crate) fn open(folder: &Path) -> Result<Self, StartError> {
        let file = folder.join("identity.json");
        let unusable = |error: &dyn fmt::Display| StartError::File(file.clone(), error.to_string());
        let kept = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| unusable(&error))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let kept = make()?;
                let text = serde_json::to_vec_pretty(&kept).map_err(|error| unusable(&error))?;
                write(folder, &file, &text).map_err(|error| unusable(&error))?;
                kept
            }
            Err(error) => return Err(unusable(&error)),
        };
        let der = BASE64_STANDARD.decode(&kept.private_key).map_err(|error| unusable(&error))?;
        let key = KeyPair::from_pkcs8(&der).map_err(|error| unusable(&error))?;
        Ok(Self { keys: RwLock::new(vec![key]), secret_key: kept.secret_key, webhook_secret: kept.webhook_secret })
    }

    /// Signs with a new key from now on, until the process ends.
    pub(crate) fn rotate(&self) -> Result<(), StartError> {
        let key =
            KeyPair::generate(KeySize::Rsa2048).map_err(|_| StartError::System("no key can be made".to_owned()))?;
        self.keys.write().unwrap_or_else(PoisonError::into_inner).push(key);
        Ok(())
    }

    pub(crate) fn issuer(&self) -> String {
        format!("https://{FRONTEND_API}")
    }

    /// A signed token (RS256).
    pub(crate) fn sign(&self, claims: &Value, issued_s: i64) -> String {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let (Some(key), number) = (keys.last(), keys.len()) else { return String::new() };
        let header =
            json!({ "alg": "RS256", "cat": "cl_B7d4PD111AAA", "kid": key_id(number), "oiat": issued_s, "typ": "JWT" });
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let mut signature = vec![0; key.public_modulus_len()];
        // Signing fails only for a key that is too small for its hash, and this one is ours.
        if key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).is_err() {
            tracing::error!("a token could not be signed");
        }
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    /// The public key as a JWK set (RFC 7517).
    pub(crate) fn jwks(&self) -> Value {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let jwk = |(place, key): (usize, &KeyPair)| {
            let public = key.public_key();
            let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
            let (n, e) = (
                number(public.modulus().big_endian_without_leading_zero()),
                number(public.exponent().big_endian_without_leading_zero()),
            );
            json!({ "use": "sig", "kty": "RSA", "kid": key_id(place + 1), "alg": "RS256", "n": n, "e": e })
        };
        json!({ "keys": keys.iter().enumerate().map(jwk).collect::<Vec<_>>() })
    }
}

/// Counted from one.
fn key_id(number: usize) -> String {
    if number <= 1 { KEY_ID.to_owned() } else { format!("{KEY_ID}_{number}") }
}

fn make() -> Result<Kept, StartError> {
    let failed = |_| StartError::System("no key can be made".to_owned());
    let key = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
    let der: Pkcs8V1Der<'_> = key.as_der().map_err(failed)?;
    let mut secret = [0; 24];
    rand::fill(&mut secret).map_err(failed)?;
    Ok(Kept {
        private_key: BASE64_STANDARD.encode(der.as_ref()),
        secret_key: format!("sk_test_{}", random_id()),
        webhook_secret: format!("whsec_{}", BASE64_STANDARD.encode(secret)),
    })
}

/// 160 random bits as letters and digits.
pub(crate) fn random_id() -> String {
    let mut bytes = [0; 20];
    if rand::fill(&mut bytes).is_err() {
        tracing::error!("the system has no randomness");
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a file whole or not at all, readable by its owner only.
pub(crate) fn write(folder: &Path, file: &Path, text: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let scratch = file.with_extension("new");
    let _ = std::fs::remove_file(&scratch);
    let mut out = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&scratch)?;
    out.write_all(text)?;
    out.sync_all()?;
    std::fs::rename(scratch, file)
}
