//! The public origin of the application, from `PUBLIC_ORIGIN`.

use url::Url;

/// Scheme, host and port that users enter. An `https` origin turns on the production checks; the
/// `Host` header of a request never does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicOrigin(String);

impl PublicOrigin {
    /// Reads an origin, for example `https://admin.example.com`.
    ///
    /// # Errors
    /// Not an http(s) origin, or more than one: a path, a query, credentials.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| "is not a URL")?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err("is not an http or https origin");
        }
        let origin = url.origin().ascii_serialization();
        if text.trim_end_matches('/').eq_ignore_ascii_case(&origin) {
            Ok(Self(origin))
        } else {
            Err("is more than an origin")
        }
    }

    /// The origin of a URL; `None` for a text that is no http or https URL.
    #[must_use]
    pub fn parse_url(text: &str) -> Option<Self> {
        Self::parse(&Url::parse(text).ok()?.origin().ascii_serialization()).ok()
    }

    /// Serialized as in the header `Origin` (RFC 6454).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether users connect with TLS, which turns on HSTS, `Secure` cookies and the production
    /// checks.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

impl Default for PublicOrigin {
    fn default() -> Self {
        Self("http://localhost:3000".to_owned())
    }
}
