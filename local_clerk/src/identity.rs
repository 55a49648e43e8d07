//! The keys and secrets of the instance, generated at the first start and kept in a private file.

use crate::random::{new_id, random_bytes};
use crate::{error::StartError, instance::Instance, keys::Keys, keys::new_key_pair, private_file};
use aws_lc_rs::{encoding::AsDer, encoding::Pkcs8V1Der, rsa::KeyPair};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
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
        Ok(Self { keys: Keys::new(key), secret_key, webhook_secret: saved.webhook_secret })
    }
}

fn generate() -> Result<IdentityFile, StartError> {
    let key = new_key_pair()?;
    let der: Pkcs8V1Der<'_> = key.as_der().map_err(|_| StartError::System("no key can be generated".to_owned()))?;
    Ok(IdentityFile {
        private_key: BASE64_STANDARD.encode(der.as_ref()),
        secret_key: new_id("sk_test"),
        webhook_secret: format!("whsec_{}", BASE64_STANDARD.encode(random_bytes::<24>())),
    })
}
