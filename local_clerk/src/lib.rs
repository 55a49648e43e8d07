//! A Clerk that runs offline, for development and tests.
//!
//! It is reached only over HTTP, as the real one: Frontend API and hosted sign-in pages through the application's proxy at `/__clerk`, Backend
//! API at its own address, webhooks towards the application. It listens on the loopback, answers for an https origin only where that is the
//! loopback too, and is no part of a release build. What it knows survives a restart: it lies in the data folder, with keys that were made at
//! first start.

mod clock;
mod state;
mod seed;
mod instance;
mod identity;
mod keys;
mod roles;
mod metadata;
mod faults;
mod wire;
mod flows;
mod objects;
mod packages;
mod totp;
mod tokens;
mod webhooks;
mod session;
mod tasks;
mod refresh;
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
mod cors;
mod cookies;
mod dev_browser;
mod frontend;
mod hosted;
mod backend;
mod answer;

pub use instance::Instance;
pub use packages::are_in as has_packages;
pub use seed::OPERATORS;

use axum::ServiceExt;
use axum::extract::Request;
use axum::middleware::{from_fn_with_state, map_request, map_response};
use clock::now_ms;
use identity::Identity;
use state::State;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::Layer;

/// Where it keeps its things, and for whom it works.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder for keys and state. It holds secrets of a development machine and belongs to nobody else.
    pub data_dir: PathBuf,
    /// Development or production.
    pub instance: Instance,
    /// Whether everybody must belong to an organization: whoever signs in without one has a pending session until they chose.
    pub membership_required: bool,
    /// Keys of the permissions that the application declares, `org:<feature>:<permission>`. The demo roles grant them, also
    /// where the data folder was made with fewer.
    pub permissions: Vec<String>,
    /// Origin of the application, as people reach it; https only on the loopback.
    pub public_origin: String,
    /// Where webhooks go.
    pub webhook_url: String,
    /// Folder with Clerk's browser packages as npm unpacks them (`clerk-js/` and `ui/`). Without it only the plain pages are there.
    pub clerk_js: Option<PathBuf>,
    /// How much of Svix's pauses between two attempts is waited: 1 is all of them, more than a day.
    pub webhook_time_scale: f64,
    /// How far the clock is turned forward, in milliseconds. `POST /_local/clock` adds to it; an application that shares the
    /// value sees the same time.
    pub clock_turned_by_ms: Arc<AtomicI64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data_dir: "data/local_clerk".into(),
            instance: Instance::Development,
            membership_required: false,
            permissions: roles::USUAL_PERMISSIONS.map(str::to_owned).into(),
            public_origin: "http://localhost:3000".to_owned(),
            webhook_url: "http://localhost:3000/api/webhooks/clerk".to_owned(),
            clerk_js: None,
            webhook_time_scale: webhooks::delivery::TIME_SCALE,
            clock_turned_by_ms: Arc::default(),
        }
    }
}

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Real people reach an https origin, and this Clerk shows its passwords.
    #[error(
        "the local Clerk never serves an https origin that others can reach; set CLERK_PUBLISHABLE_KEY and CLERK_SECRET_KEY of a Clerk instance"
    )]
    Https,
    /// The content of a file of the data folder cannot be used.
    #[error("{0} cannot be used: {1}; delete it to begin anew")]
    File(PathBuf, String),
    /// The data folder, or a file of it, cannot be read or written.
    #[error(
        "{0} cannot be read or written: {1}; let the user who starts the local Clerk read and write there, or start it where that is a folder"
    )]
    Folder(PathBuf, String),
    /// No port is free, or no key can be made.
    #[error("the local Clerk cannot start: {0}")]
    System(String),
}

/// A running local Clerk.
#[derive(Debug)]
pub struct LocalClerk {
    address: SocketAddr,
    serves_clerk_js: bool,
    instance: Instance,
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
    journal: Arc<Mutex<webhooks::journal::Journal>>,
}

impl Clerk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn faults(&self) -> MutexGuard<'_, faults::Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn journal(&self) -> MutexGuard<'_, webhooks::journal::Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends every change: sessions get the status that follows from it, and the state is written down. A full disk costs what was changed last,
    /// which a log line is enough for.
    fn save(&self) {
        let settled = self.state().settle(now_ms());
        settled.iter().for_each(|session| self.webhooks.session(session));
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
    if !instance::may_serve(&options.public_origin) {
        return Err(StartError::Https);
    }
    let (instance, clerk_js) = (options.instance, options.clerk_js.clone());
    let system = |error: std::io::Error| StartError::System(error.to_string());
    let listener = TcpListener::bind(address).await.map_err(system)?;
    let address = listener.local_addr().map_err(system)?;
    let (clerk, deliveries) = opened(options)?;
    let identity = Arc::clone(&clerk.identity);
    clerk.save();
    clerk.webhooks.tell_everything(&clerk.state());
    let router = router(clerk);
    let serving = tokio::spawn(async move {
        let service = map_request(async |request: Request| frontend::with_meant_method(request)).layer(router);
        if let Err(error) =
            axum::serve(listener, ServiceExt::<Request>::into_make_service_with_connect_info::<wire::Wire>(service))
                .await
        {
            tracing::error!(%error, "the local Clerk ended");
        }
    });
    let serves_clerk_js = clerk_js.as_deref().is_some_and(packages::are_in);
    Ok(LocalClerk { address, serves_clerk_js, instance, identity, tasks: vec![serving, deliveries] })
}

/// Keys, state and the delivery of webhooks.
fn opened(options: Options) -> Result<(Clerk, JoinHandle<()>), StartError> {
    let identity = Arc::new(Identity::open(&options.data_dir, options.instance)?);
    let state = State {
        membership_required: options.membership_required,
        ..State::open(&options.data_dir, &options.permissions)?
    };
    let state = Arc::new(Mutex::new(state));
    let (faults, journal) = (Arc::default(), Arc::default());
    let (url, scale) = (&options.webhook_url, options.webhook_time_scale);
    let clock = Arc::clone(&options.clock_turned_by_ms);
    let (webhooks, deliveries) =
        webhooks::delivery::start(url, scale, &identity, clock, Arc::clone(&faults), Arc::clone(&journal));
    Ok((Clerk { options: Arc::new(options), identity, state, webhooks, faults, journal }, deliveries))
}

fn router(clerk: Clerk) -> axum::Router {
    let frontend = axum::Router::new()
        .merge(frontend::routes())
        .merge(hosted::routes())
        .layer(from_fn_with_state(clerk.clone(), guard::same_origin))
        .layer(from_fn_with_state(clerk.clone(), cookies::dressed))
        .layer(from_fn_with_state(clerk.clone(), dev_browser::known))
        .layer(from_fn_with_state(clerk.clone(), faults::of_frontend))
        .layer(from_fn_with_state(clerk.clone(), cors::shared))
        .with_state(clerk.clone());
    let backend = backend::routes(&clerk).with_state(clerk.clone());
    apis::told_apart(&frontend, &backend)
        .layer(from_fn_with_state(clerk, clock::of_instance))
        .layer(map_response(answer::in_clerks_form))
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
        self.instance.publishable_key()
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
