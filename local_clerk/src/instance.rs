//! Development or production: the format of the keys, and differences of the Frontend API.
//!
//! A development instance identifies a browser by a value that scripts can read, and returns a
//! handshake in the address. A production instance is on the application's domain and uses cookies.

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD, prelude::BASE64_URL_SAFE_NO_PAD};

/// Kind of the instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Instance {
    /// `pk_test_…`, for http origins.
    #[default]
    Development,
    /// `pk_live_…`, which applications expect behind TLS.
    Production,
}

impl Instance {
    /// `development` or `production`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Development, Self::Production].into_iter().find(|instance| instance.as_str() == text)
    }

    /// The name of the kind.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }

    /// Host of the Frontend API. Clerk's scripts recognise a development instance by its suffix.
    fn frontend_api(self) -> &'static str {
        match self {
            Self::Development => "local-clerk-1.clerk.accounts.dev",
            Self::Production => "clerk.local-clerk.example",
        }
    }

    /// The part of a key that names the kind.
    pub(crate) fn mode(self) -> &'static str {
        match self {
            Self::Development => "test",
            Self::Production => "live",
        }
    }

    pub(crate) fn publishable_key(self) -> String {
        format!("pk_{}_{}", self.mode(), BASE64_STANDARD_NO_PAD.encode(format!("{}$", self.frontend_api())))
    }

    /// Suffix of the instance's cookies. It depends on the text of the publishable key (Clerk
    /// behaviour).
    pub(crate) fn cookie_suffix(self) -> String {
        let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, self.publishable_key().as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(hash.as_ref()).chars().take(8).collect()
    }

    pub(crate) fn issuer(self) -> String {
        format!("https://{}", self.frontend_api())
    }
}

/// Whether this Clerk may serve an origin. Its pages show passwords, so an https origin must be on
/// the loopback.
pub(crate) fn may_serve(origin: &str) -> bool {
    let Ok(url) = url::Url::parse(origin) else { return !origin.starts_with("https:") };
    if url.scheme() != "https" {
        return true;
    }
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The domain of the cookies that all applications on it share: the last two labels of the origin's
/// host. It ignores the list of public suffixes. `None` where a cookie can only be of the host.
pub(crate) fn cookie_domain(origin: &str) -> Option<String> {
    let url = url::Url::parse(origin).ok()?;
    let Some(url::Host::Domain(name)) = url.host() else { return None };
    let labels: Vec<_> = name.split('.').collect();
    let above = labels.get(labels.len().checked_sub(2)?..)?;
    Some(above.join("."))
}
