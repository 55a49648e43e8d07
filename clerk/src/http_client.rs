//! The one HTTP client for calls that this server makes itself.
//!
//! Time limits on everything and no redirects: a dependency may be slow or send us elsewhere, and neither may reach a visitor (ASVS 15.3.2).

use std::time::Duration;

/// A client whose calls end within `limit`, connecting included.
///
/// # Errors
/// The TLS backend cannot be set up.
pub fn http_client(limit: Duration) -> Result<reqwest::Client, reqwest::Error> {
    http_client_builder(limit).build()
}

/// As [`http_client`], for a client that needs one setting more.
pub fn http_client_builder(limit: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .timeout(limit)
        .connect_timeout(limit)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("gatehouse/", env!("CARGO_PKG_VERSION")))
}
