//! The publishable key names the instance, its Frontend API and its issuer. It contains no secret.

use aws_lc_rs::digest;
use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// Keys exist with and without padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A Clerk publishable key: `pk_test_` or `pk_live_`, then the Frontend API's host and a `$` in
/// base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishableKey {
    text: String,
    frontend_api: String,
    cookie_suffix: String,
    kind: InstanceKind,
}

/// The kind of an instance. A development instance hands sessions over in the query and allows
/// http.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceKind {
    /// `pk_live_…`
    Production,
    /// `pk_test_…`
    Development,
}

/// The text is not a publishable key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a publishable key")]
pub struct PublishableKeyError;

impl PublishableKey {
    /// Reads a key.
    ///
    /// # Errors
    /// The prefix is another one, or no base64 of a host with a final `$` follows (Clerk behaviour:
    /// `parsePublishableKey`).
    pub fn parse(text: &str) -> Result<Self, PublishableKeyError> {
        let (kind, encoded) = match (text.strip_prefix("pk_live_"), text.strip_prefix("pk_test_")) {
            (Some(encoded), _) => (InstanceKind::Production, encoded),
            (_, Some(encoded)) => (InstanceKind::Development, encoded),
            (None, None) => return Err(PublishableKeyError),
        };
        let decoded =
            LENIENT.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(PublishableKeyError)?;
        let host = decoded.strip_suffix('$').ok_or(PublishableKeyError)?;
        let is_host = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':'));
        // The host becomes part of URLs and headers, so no other characters may pass.
        if !is_host || !host.contains('.') {
            return Err(PublishableKeyError);
        }
        let cookie_suffix = cookie_suffix(text);
        Ok(Self { text: text.to_owned(), frontend_api: host.to_owned(), cookie_suffix, kind })
    }

    /// The key itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host of the Frontend API.
    #[must_use]
    pub fn frontend_api(&self) -> &str {
        &self.frontend_api
    }

    /// Development or production.
    #[must_use]
    pub fn kind(&self) -> InstanceKind {
        self.kind
    }

    /// The issuer of the instance's session tokens. It is the same when the Frontend API is
    /// proxied.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("https://{}", self.frontend_api)
    }

    /// The base URL of the Account Portal (Clerk behaviour: `buildAccountsBaseUrl`).
    #[must_use]
    pub fn accounts_base_url(&self) -> String {
        let host = &self.frontend_api;
        let host = if let Some((before, after)) = host.split_once("clerk.accountsstage.") {
            format!("{before}accountsstage.{after}")
        } else if let Some((before, after)) = host.split_once("clerk.accounts.") {
            format!("{before}accounts.{after}")
        } else if let Some(rest) = host.strip_prefix("clerk.") {
            format!("accounts.{rest}")
        } else {
            host.clone()
        };
        format!("https://{host}")
    }

    /// The suffix of this instance's cookies: eight characters that depend on the exact text of the
    /// key (Clerk behaviour: `getCookieSuffix`).
    #[must_use]
    pub fn cookie_suffix(&self) -> &str {
        &self.cookie_suffix
    }
}

fn cookie_suffix(key: &str) -> String {
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(hash.as_ref()).chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::BASE64_STANDARD;

    #[test]
    fn a_key_names_a_host_and_nothing_else() {
        let key = |host: &str| PublishableKey::parse(&format!("pk_test_{}", BASE64_STANDARD.encode(host)));
        assert!(key("foo-bar-13.clerk.accounts.dev$").is_ok());
        for wrong in ["a.b/x$", "a.b;script-src *$", "a.b\r\nx: y$", "u@a.b$", "a b.c$", "a$.b$", "a.b"] {
            assert!(key(wrong).is_err(), "{wrong:?}");
        }
    }
}
