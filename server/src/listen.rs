//! Binds and serves the listeners: accepts connections up to a limit, and lets running requests end
//! at a shutdown.
//!
//! A connection beyond the limit gets a short answer. It would wait without a sign in the backlog
//! of the kernel, together with the health checks of the load balancer.

use crate::activity::Patience;
use crate::connection::{self, Accepted};
use crate::metrics;
use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

/// The pause after an error of the listener. Without it the server would spin: a socket that cannot
/// be accepted stays ready.
const PAUSE: Duration = Duration::from_millis(500);

/// Binds the listener of a variable.
///
/// # Errors
/// The address cannot be bound. The text names the variable and the remedy.
pub async fn bind(variable: &str, address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| bind_error(variable, address, &error))
}

/// The error text for an address that cannot be bound, with the remedy.
pub(crate) fn bind_error(variable: &str, address: SocketAddr, error: &std::io::Error) -> String {
    let remedies = [
        (ErrorKind::AddrInUse, "end the program that listens there, or choose another port"),
        (ErrorKind::PermissionDenied, "choose a port above 1023, or let the server's user listen there"),
        (ErrorKind::AddrNotAvailable, "name an address of this machine; 0.0.0.0 stands for all of them"),
    ];
    let known = remedies.into_iter().find(|(kind, _)| *kind == error.kind());
    let remedy = known.map_or("choose another address", |(_, remedy)| remedy);
    format!("{variable} {address} cannot be bound: {error}; {remedy}")
}

/// The limits of a listener.
#[derive(Clone, Copy, Debug)]
pub struct SocketLimits {
    /// The most connections that are served.
    pub connections: usize,
    /// The most further connections that get one answer: `/healthz` and `/readyz` as always, and
    /// 503 with `Retry-After` for everything else. The server closes every other socket at once.
    pub refusals: usize,
    /// The times after which a connection is closed.
    pub patience: Patience,
    /// The time that a connection beyond the limit has for its request.
    pub refusal_patience: Duration,
    /// The time that running requests have to end after the stop signal.
    pub grace: Duration,
}

impl SocketLimits {
    /// The limits of the application. An idle connection needs about 10 KiB, and load balancers
    /// keep connections for 60 seconds, so they close a connection before the server does.
    pub const APPLICATION: Self = Self {
        connections: 8192,
        refusals: 256,
        patience: Patience { head: Duration::from_secs(15), idle: Duration::from_secs(75) },
        refusal_patience: Duration::from_secs(2),
        grace: Duration::from_secs(8),
    };

    /// The limits of the application, for a process that may open this number of files. Every
    /// connection is an open file. A quarter stays free for the database and for Clerk.
    #[must_use]
    pub fn within(open_files: usize) -> Self {
        let limits = Self::APPLICATION;
        let connections = limits.connections.min(open_files / 2);
        Self { connections, refusals: limits.refusals.min(open_files / 8), ..limits }
    }

    /// The limits of the metrics listener: a few scrapers, each with a connection or two.
    pub const METRICS: Self = Self { connections: 32, refusals: 0, ..Self::APPLICATION };
}

/// Raises the limit of open files to the highest that the system allows, and returns it. Many
/// systems start a process with 1,024, for the sake of programs that use `select(2)`.
#[must_use]
pub fn raise_open_files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    let current = if setrlimit(Resource::Nofile, raised).is_ok() { raised.current } else { limit.current };
    current.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX)
}

/// Serves until `stop` resolves, then closes the listener and lets running requests end.
pub async fn serve(listener: TcpListener, router: Router, limits: SocketLimits, stop: impl Future<Output = ()>) {
    let places = Places::new(&limits);
    let (graceful, mut tasks) = (GracefulShutdown::new(), JoinSet::new());
    let mut stop = pin!(stop);
    loop {
        let (socket, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener) => accepted,
        };
        while tasks.try_join_next().is_some() {}
        let Some((place, is_beyond_limit)) = places.take() else {
            metrics::count_refused("sockets");
            continue;
        };
        // Without TCP_NODELAY a streamed page waits 40 ms for a delayed acknowledgement.
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set on a socket; its streamed pages may be slower");
        }
        let accepted = Accepted { socket, peer, is_beyond_limit };
        let patience = if is_beyond_limit { limits.refusal() } else { limits.patience };
        let serving = connection::serve(accepted, router.clone(), patience, graceful.watcher());
        tasks.spawn(async move {
            serving.await;
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.grace, graceful.shutdown()).await.is_err() {
        while tasks.try_join_next().is_some() {}
        tracing::warn!(
            connections = tasks.len(),
            "requests did not end within {:?} of the stop signal and are cut off",
            limits.grace
        );
    }
    tasks.shutdown().await;
}

impl SocketLimits {
    fn refusal(&self) -> Patience {
        Patience { head: self.refusal_patience, idle: self.refusal_patience }
    }
}

/// The free places for connections.
struct Places {
    connections: Arc<Semaphore>,
    refusals: Arc<Semaphore>,
}

impl Places {
    fn new(limits: &SocketLimits) -> Self {
        let places = |number| Arc::new(Semaphore::new(number));
        Self { connections: places(limits.connections), refusals: places(limits.refusals) }
    }

    /// A place, and whether it is beyond the limit. `None`: not even a refusal has a place.
    fn take(&self) -> Option<(OwnedSemaphorePermit, bool)> {
        let take = |places: &Arc<Semaphore>| Arc::clone(places).try_acquire_owned().ok();
        let served = take(&self.connections).map(|place| (place, false));
        served.or_else(|| take(&self.refusals).map(|place| (place, true)))
    }
}

/// The next connection. An error of one connection is skipped; an error of the listener, such as
/// too many open files, is logged and followed by a pause.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(
                    %error,
                    "connections cannot be accepted; if too many files are open, raise the limit of the process (ulimit -n)"
                );
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Whether an error concerns a client that is gone already (accept(2), "Error handling").
fn is_of_one_connection(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionRefused
            | ErrorKind::NetworkDown
            | ErrorKind::NetworkUnreachable
            | ErrorKind::HostUnreachable
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_the_rest_of_the_process() {
        for (files, connections, refusals) in [(1024, 512, 128), (65_536, 8192, 256), (usize::MAX, 8192, 256)] {
            let limits = SocketLimits::within(files);
            assert_eq!((limits.connections, limits.refusals), (connections, refusals), "{files}");
        }
    }
}
