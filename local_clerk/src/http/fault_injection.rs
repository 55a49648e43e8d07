//! Applies the faults to requests: delays, failing answers, closed connections.

use crate::{faults::Api, faults::Failure, model::Refused, server::Clerk};
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{extract::Request, extract::State, middleware::Next, serve::IncomingStream};
use std::{net::Shutdown, net::TcpStream, os::fd::AsFd, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// Longer than the timeout of any client.
const LONGEST_DELAY_MS: u64 = 60_000;

pub(super) async fn apply(State((clerk, api)): State<(Clerk, Api)>, request: Request, next: Next) -> Response {
    let (delay_ms, failure) = {
        let mut faults = clerk.faults();
        let applies = faults.apply_to(api, request.uri().path());
        if applies { (faults.slow_ms, faults.next_failure()) } else { (0, None) }
    };
    tokio::time::sleep(Duration::from_millis(delay_ms.min(LONGEST_DELAY_MS))).await;
    match failure {
        None => next.run(request).await,
        Some(Failure::Status(status, retry_after_s)) => failing(status, retry_after_s),
        Some(Failure::Disconnect) => {
            Connection::of(&request).iter().for_each(Connection::close);
            // Nobody receives it.
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

fn failing(status: u16, retry_after_s: Option<u64>) -> Response {
    let mut response = Refused::new(status, "local_fault", "This fault was requested.").into_response();
    if let Some(seconds) = retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

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
