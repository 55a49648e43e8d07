//! The connection under a request, so that it can be cut: a trouble that no answer can imitate.

use axum::extract::Request;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::serve::IncomingStream;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use tokio::net::TcpListener;

#[derive(Clone)]
pub(crate) struct Wire(Option<Arc<TcpStream>>);

impl Connected<IncomingStream<'_, TcpListener>> for Wire {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        let second_handle = stream.io().as_fd().try_clone_to_owned();
        Self(second_handle.ok().map(|handle| Arc::new(TcpStream::from(handle))))
    }
}

/// The connection that a request came over.
pub(crate) fn of(request: &Request) -> Option<Wire> {
    request.extensions().get::<ConnectInfo<Wire>>().map(|ConnectInfo(wire)| wire.clone())
}

impl Wire {
    /// Ends it for both sides, whatever was about to be sent.
    pub(crate) fn cut(&self) {
        if let Some(Err(error)) = self.0.as_ref().map(|stream| stream.shutdown(Shutdown::Both)) {
            tracing::debug!(%error, "a connection had ended before it was cut");
        }
    }
}
