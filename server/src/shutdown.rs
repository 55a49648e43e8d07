//! The stop of the server, in stages: readiness falls, the listener closes, running requests end,
//! and then the work in the background.
//!
//! `listen` ends the requests, `Services::finish` the work in the background. All stages together
//! take at most 30 seconds, because orchestrators kill a process 30 seconds after SIGTERM.

use crate::log_writer;
use gatehouse::public_origin::PublicOrigin;
use std::future::pending;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The time in which a load balancer sees that `/readyz` answers 503, while requests are served.
const READINESS_PAUSE: Duration = Duration::from_secs(5);

/// Whether the server is stopping. A clone shares it.
#[derive(Clone, Debug, Default)]
pub struct Stopping(Arc<AtomicBool>);

impl Stopping {
    /// Whether the stop signal has arrived.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The signals that stop the process: Ctrl-C and SIGTERM.
pub struct StopSignals {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
}

impl StopSignals {
    /// Installs the handlers. A signal without a handler ends the process at once, as it does by
    /// default.
    #[must_use]
    pub fn install() -> Self {
        let install = |kind, name, other| {
            let installed = signal(kind);
            installed
                .map_err(|error| tracing::error!(%error, "{name} has no handler; stop the server with {other}"))
                .ok()
        };
        Self {
            interrupt: install(SignalKind::interrupt(), "Ctrl-C", "SIGTERM"),
            terminate: install(SignalKind::terminate(), "SIGTERM", "Ctrl-C"),
        }
    }

    async fn next(&mut self) {
        tokio::select! { () = next(&mut self.interrupt) => {}, () = next(&mut self.terminate) => {} }
    }
}

/// The next signal. Without a handler there is none: the server must not stop for that reason.
async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => pending().await,
    }
}

/// Resolves when the listener should close: after the stop signal, and in production after a pause.
/// A second signal ends the process at once.
pub async fn requested(mut signals: StopSignals, stopping: Stopping, origin: &PublicOrigin) {
    signals.next().await;
    stopping.begin();
    tracing::info!("the stop signal has arrived; a second one ends the server at once");
    tokio::spawn(async move {
        signals.next().await;
        tracing::error!("the second stop signal has arrived; running requests and work in the background are cut off");
        log_writer::flush();
        process::exit(1);
    });
    if origin.is_https() {
        tokio::time::sleep(READINESS_PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_missing_handler_does_not_stop_the_server() {
        let mut signals = StopSignals { interrupt: None, terminate: None };
        assert!(tokio::time::timeout(Duration::from_millis(50), signals.next()).await.is_err());
    }
}
