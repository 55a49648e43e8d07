//! Binds and serves the listeners. A shutdown lets running requests end.

use axum::Router;
use axum::serve::ListenerExt;
use std::future::{Future, IntoFuture};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;

/// The time that running requests have to end.
const GRACE: Duration = Duration::from_secs(8);

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

/// Serves until `stop` resolves, then lets running requests end.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    // Without TCP_NODELAY a streamed page waits 40 ms for a delayed acknowledgement.
    let listener = listener.tap_io(|socket| {
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set on a socket; its streamed pages may be slower");
        }
    });
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let graceful = async move {
        stop.await;
        let _ = stopping.send(());
    };
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, router).with_graceful_shutdown(graceful).into_future();
    tokio::select! {
        served = serving => served,
        () = async { let _ = stopped.await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("some requests did not end within {GRACE:?} of the stop signal and are cut off");
            Ok(())
        }
    }
}

/// Resolves when the process is asked to stop: Ctrl-C or SIGTERM.
pub async fn shutdown_signal() {
    let interrupt = async {
        tokio::signal::ctrl_c()
            .await
            .map_err(|error| tracing::error!(%error, "the server cannot listen for Ctrl-C; stop it with SIGTERM"))
    };
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(error) => {
                tracing::error!(%error, "the server cannot listen for SIGTERM; stop it with Ctrl-C");
                std::future::pending().await
            }
        }
    };
    tokio::select! { _ = interrupt => {}, _ = terminate => {} }
}
