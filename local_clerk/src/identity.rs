//! The keys and secrets of the instance, generated at the first start and kept in a private file.

use crate::keys::{Keys, TokenClass};
use crate::random::{new_id, random_bytes};
use crate::{error::StartError, instance::Instance, private_file};
use aws_lc_rs::{encoding::AsDer, encoding::Pkcs8V1Der, rsa::KeyPair, rsa::KeySize};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{fmt, path::Path};

/// The content of `identity.json`.
#[derive(Serialize, Deserialize)]
struct IdentityFile {
    private_key: String,
    secret_key: String,
    webhook_secret: String,
}

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
        let saved = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| unusable(&error))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let new = generate()?;
                let text = serde_json::to_vec_pretty(&new).map_err(|error| unusable(&error))?;
                private_file::write(&file, &text).map_err(failed)?;
                new
            }
            Err(error) => return Err(failed(error)),
        };
        let der = BASE64_STANDARD.decode(&saved.private_key).map_err(|error| unusable(&error))?;
        let key = KeyPair::from_pkcs8(&der).map_err(|error| unusable(&error))?;
        // One folder serves both kinds of instance, as one developer does.
        let secret_key = saved.secret_key.replacen("sk_test_", &format!("sk_{}_", instance.mode()), 1);
        Ok(Self { keys: Keys::new(key), instance, secret_key, webhook_secret: saved.webhook_secret })
    }

    pub(crate) fn issuer(&self) -> String {
        self.instance.issuer()
    }

    /// Signs a session token, or the token of a handshake.
    pub(crate) fn sign(&self, claims: &Value, issued_s: i64) -> String {
        self.keys.sign(TokenClass::Session, claims, issued_s)
    }

    /// The public keys as a JWK set (RFC 7517).
    pub(crate) fn jwks(&self) -> Value {
        self.keys.jwks()
    }
}

fn generate() -> Result<IdentityFile, StartError> {
    let failed = |_| StartError::System("no key can be generated".to_owned());
    let key = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
    let der: Pkcs8V1Der<'_> = key.as_der().map_err(failed)?;
    Ok(IdentityFile {
        private_key: BASE64_STANDARD.encode(der.as_ref()),
        secret_key: new_id("sk_test"),
        webhook_secret: format!("whsec_{}", BASE64_STANDARD.encode(random_bytes::<24>())),
    })
}
