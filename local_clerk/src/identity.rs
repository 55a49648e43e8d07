//! Who this Clerk is: its signing key and its secrets, made at first start and kept in a file that only its owner can read.

use crate::StartError;
use crate::instance::Instance;
use crate::keys::{Class, Keys};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

#[derive(Serialize, Deserialize)]
struct Kept {
    private_key: String,
    secret_key: String,
    webhook_secret: String,
}

/// Keys and secrets.
pub(crate) struct Identity {
    pub(crate) keys: Keys,
    instance: Instance,
    pub(crate) secret_key: String,
    pub(crate) webhook_secret: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

impl Identity {
    pub(crate) fn open(folder: &Path, instance: Instance) -> Result<Self, StartError> {
        let file = folder.join("identity.json");
        let unusable = |error: &dyn fmt::Display| StartError::File(file.clone(), error.to_string());
        let failed = |error: std::io::Error| StartError::Folder(file.clone(), error.to_string());
        let kept = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| unusable(&error))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let kept = make()?;
                let text = serde_json::to_vec_pretty(&kept).map_err(|error| unusable(&error))?;
                write(folder, &file, &text).map_err(failed)?;
                kept
            }
            Err(error) => return Err(failed(error)),
        };
        let der = BASE64_STANDARD.decode(&kept.private_key).map_err(|error| unusable(&error))?;
        let key = KeyPair::from_pkcs8(&der).map_err(|error| unusable(&error))?;
        // One folder serves both kinds of instance, as one developer does.
        let secret_key = kept.secret_key.replacen("sk_test_", &format!("sk_{}_", instance.mode()), 1);
        Ok(Self { keys: Keys::new(key), instance, secret_key, webhook_secret: kept.webhook_secret })
    }

    pub(crate) fn issuer(&self) -> String {
        self.instance.issuer()
    }

    /// A signed session token, or one that carries a handshake.
    pub(crate) fn sign(&self, claims: &Value, issued_s: i64) -> String {
        self.keys.sign(Class::Session, claims, issued_s)
    }

    /// The public keys as a JWK set (RFC 7517).
    pub(crate) fn jwks(&self) -> Value {
        self.keys.jwks()
    }
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
