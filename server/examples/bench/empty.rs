//! The yardstick: axum with an empty handler, on the same sockets as the server.

use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt;
use std::error::Error;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Serves until the process ends.
pub(crate) async fn serve(address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(address).await?.tap_io(|socket| {
        let _ = socket.set_nodelay(true);
    });
    axum::serve(listener, Router::new().route("/", get(|| async {}))).await?;
    Ok(())
}
