//! A Clerk that runs offline, for development and tests.
//!
//! It is reached only over HTTP, as the real one: Frontend API and hosted sign-in pages through the application's proxy at `/__clerk`, Backend
//! API at its own address, webhooks towards the application. It listens on the loopback, never answers for an https origin, and is no part of a
//! release build. What it knows survives a restart: it lies in the data folder, with keys that were made at first start.

mod state;
mod seed;
mod identity;
mod faults;
mod flows;
mod objects;
mod packages;
mod totp;
mod tokens;
mod webhooks;
mod session;
mod apis;
mod arrivals;
mod codes;
mod factors;
mod mailbox;
mod tickets;
mod invitations;
mod joining;
mod sign_up;
mod guard;
mod frontend;
mod hosted;
mod backend;
mod answer;

use axum::ServiceExt;
use axum::extract::Request;
use identity::Identity;
use state::State;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::Layer;

/// Where it keeps its things, and for whom it works.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder for keys and state. It holds secrets of a development machine and belongs to nobody else.
    pub data_dir: PathBuf,
    /// Origin of the application, as people reach it. Always http.
    pub public_origin: String,
    /// Where webhooks go.
    pub webhook_url: String,
    /// Folder with Clerk's browser packages as npm unpacks them (`clerk-js/` and `ui/`). Without it only the plain pages are there.
    pub clerk_js: Option<PathBuf>,
}

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Real people reach an https origin, and this Clerk shows its passwords.
    #[error(
        "the local Clerk never serves an https origin; set CLERK_PUBLISHABLE_KEY and CLERK_SECRET_KEY of a Clerk instance"
    )]
    Https,
    /// A file of the data folder cannot be used.
    #[error("{0} cannot be used: {1}; delete it to begin anew")]
    File(PathBuf, String),
    /// No port is free, or no key can be made.
    #[error("the local Clerk cannot start: {0}")]
    System(String),
}

/// A running local Clerk.
#[derive(Debug)]
pub struct LocalClerk {
    address: SocketAddr,
    serves_clerk_js: bool,
    identity: Arc<Identity>,
    tasks: Vec<JoinHandle<()>>,
}

/// What every request needs.
#[derive(Clone)]
struct Clerk {
    options: Arc<Options>,
    identity: Arc<Identity>,
    state: Arc<Mutex<State>>,
    webhooks: webhooks::Queue,
    faults: Arc<Mutex<faults::Faults>>,
}

impl Clerk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn faults(&self) -> MutexGuard<'_, faults::Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the state down. A full disk costs what was changed last, which a log line is enough for.
    fn save(&self) {
        if let Err(error) = self.state().save(&self.options.data_dir) {
            tracing::error!(%error, "the local Clerk could not write its state");
        }
    }
}

/// Starts it on a free port of the loopback.
///
/// # Errors
/// An https origin, a data folder that cannot be used, or a system without a free port.
pub async fn start(options: Options) -> Result<LocalClerk, StartError> {
    start_at(options, SocketAddr::from(([127, 0, 0, 1], 0))).await
}

/// Starts it at an address of the loopback.
///
/// # Errors
/// As [`start`], or the address is taken.
pub async fn start_at(options: Options, address: SocketAddr) -> Result<LocalClerk, StartError> {
    if options.public_origin.starts_with("https:") {
        return Err(StartError::Https);
    }
    let serves_clerk_js = options.clerk_js.as_deref().is_some_and(packages::are_in);
    let system = |error: std::io::Error| StartError::System(error.to_string());
    let identity = Arc::new(Identity::open(&options.data_dir)?);
    let state = Arc::new(Mutex::new(State::open(&options.data_dir)?));
    let listener = TcpListener::bind(address).await.map_err(system)?;
    let address = listener.local_addr().map_err(system)?;
    let (webhooks, deliveries) = webhooks::start(&options.webhook_url, &identity);
    let clerk =
        Clerk { options: Arc::new(options), identity: Arc::clone(&identity), state, webhooks, faults: Arc::default() };
    clerk.webhooks.tell_everything(&clerk.state());
    let frontend = axum::Router::new()
        .merge(frontend::routes())
        .merge(hosted::routes())
        .layer(axum::middleware::from_fn_with_state(clerk.clone(), guard::same_origin))
        .layer(axum::middleware::from_fn_with_state(clerk.clone(), faults::of_frontend))
        .with_state(clerk.clone());
    let router = apis::told_apart(frontend, backend::routes(&clerk).with_state(clerk));
    let serving = tokio::spawn(async move {
        let service =
            axum::middleware::map_request(async |request: Request| frontend::with_meant_method(request)).layer(router);
        if let Err(error) = axum::serve(listener, ServiceExt::<Request>::into_make_service(service)).await {
            tracing::error!(%error, "the local Clerk ended");
        }
    });
    Ok(LocalClerk { address, serves_clerk_js, identity, tasks: vec![serving, deliveries] })
}

impl LocalClerk {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base of both APIs, without trailing slash.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The instance's publishable key.
    #[must_use]
    pub fn publishable_key(&self) -> String {
        identity::publishable_key()
    }

    /// The instance's secret key, made at first start.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.identity.secret_key
    }

    /// Whether it serves Clerk's browser packages.
    #[must_use]
    pub fn serves_clerk_js(&self) -> bool {
        self.serves_clerk_js
    }

    /// The secret that signs webhooks, made at first start.
    #[must_use]
    pub fn webhook_secret(&self) -> &str {
        &self.identity.webhook_secret
    }

    /// Ends it.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for LocalClerk {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Unix time in milliseconds.
#[expect(clippy::disallowed_methods, reason = "the one place of this crate that asks the system")]
fn now_ms() -> i64 {
    let elapsed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}
