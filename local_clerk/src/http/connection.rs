//! The connection of a request, so that a fault can close it.

use axum::extract::Request;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::serve::IncomingStream;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use tokio::net::TcpListener;

#[derive(Clone)]
pub(super) struct Connection(Option<Arc<TcpStream>>);

impl Connected<IncomingStream<'_, TcpListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        let second_handle = stream.io().as_fd().try_clone_to_owned();
        Self(second_handle.ok().map(|handle| Arc::new(TcpStream::from(handle))))
    }
}

impl Connection {
    pub(super) fn of(request: &Request) -> Option<Self> {
        request.extensions().get::<ConnectInfo<Self>>().map(|ConnectInfo(connection)| connection.clone())
    }

    /// Closes it for both sides at once.
    pub(super) fn close(&self) {
        if let Some(Err(error)) = self.0.as_ref().map(|stream| stream.shutdown(Shutdown::Both)) {
            tracing::debug!(%error, "the connection was already closed");
        }
    }
}
