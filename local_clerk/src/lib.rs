//! A Clerk that runs offline, for development and tests.
//!
//! It is reached only over HTTP, like the real one: the Frontend API and the hosted pages through
//! the application's proxy at `/__clerk`, the Backend API at its own address, webhooks towards the
//! application. It listens on the loopback, serves an https origin only if that is the loopback
//! too, and is never part of a release build. Keys and state are kept in the data folder.

mod clock;
mod commands;
mod error;
mod faults;
mod http;
mod identity;
mod instance;
mod json;
mod keys;
mod model;
mod options;
mod private_file;
mod random;
mod server;
mod webhooks;

pub use error::StartError;
pub use http::packages::are_in as has_packages;
pub use instance::Instance;
pub use model::seed::OPERATORS;
pub use options::Options;

use identity::Identity;
use server::Clerk;
use std::{net::SocketAddr, sync::Arc};
use tokio::{net::TcpListener, task::JoinHandle};

/// A running local Clerk. It stops when it is dropped.
#[derive(Debug)]
pub struct LocalClerk {
    address: SocketAddr,
    serves_clerk_js: bool,
    instance: Instance,
    identity: Arc<Identity>,
    tasks: Vec<JoinHandle<()>>,
}

/// Starts it on a free port of the loopback.
///
/// # Errors
/// The origin is https and not on the loopback, the data folder cannot be used, or no port is free.
pub async fn start(options: Options) -> Result<LocalClerk, StartError> {
    start_at(options, SocketAddr::from(([127, 0, 0, 1], 0))).await
}

/// Starts it at an address of the loopback.
///
/// # Errors
/// As [`start`], or the address is in use.
pub async fn start_at(options: Options, address: SocketAddr) -> Result<LocalClerk, StartError> {
    if !instance::may_serve(&options.public_origin) {
        return Err(StartError::Https);
    }
    let serves_clerk_js = options.clerk_js.as_deref().is_some_and(has_packages);
    let instance = options.instance;
    let system = |error: std::io::Error| StartError::System(error.to_string());
    let listener = TcpListener::bind(address).await.map_err(system)?;
    let address = listener.local_addr().map_err(system)?;
    let (clerk, delivering) = Clerk::open(options)?;
    let identity = Arc::clone(&clerk.identity);
    let serving = tokio::spawn(http::serve(listener, clerk));
    Ok(LocalClerk { address, serves_clerk_js, instance, identity, tasks: vec![serving, delivering] })
}

impl LocalClerk {
    /// The address on which it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base of both APIs, without a trailing slash.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The publishable key of the instance.
    #[must_use]
    pub fn publishable_key(&self) -> String {
        self.instance.publishable_key()
    }

    /// The secret key of the instance, generated at the first start.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.identity.secret_key
    }

    /// Whether it serves Clerk's browser packages.
    #[must_use]
    pub fn serves_clerk_js(&self) -> bool {
        self.serves_clerk_js
    }

    /// The secret that signs webhooks, generated at the first start.
    #[must_use]
    pub fn webhook_secret(&self) -> &str {
        &self.identity.webhook_secret
    }
}

impl Drop for LocalClerk {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}
