//! The HTTP client for calls of the server itself.
//!
//! Every call has a time limit, and no redirect is followed: a dependency may be slow or redirect
//! elsewhere, and neither may reach a user (ASVS 15.3.2).

use std::time::Duration;

/// Names the crate in Clerk's request logs. An application that wants another name sets it on
/// [`http_client_builder`].
const USER_AGENT: &str = concat!("clerk-protocol-rust/", env!("CARGO_PKG_VERSION"));

/// A client whose calls end within `limit`, including the time to connect.
///
/// # Errors
/// The TLS backend cannot be set up.
pub fn http_client(limit: Duration) -> Result<reqwest::Client, reqwest::Error> {
    http_client_builder(limit).build()
}

/// As [`http_client`], for a client that needs more settings.
pub fn http_client_builder(limit: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .timeout(limit)
        .connect_timeout(limit)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(USER_AGENT)
}
