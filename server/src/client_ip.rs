//! The client's IP address. Rate limits count signed-out clients by it.

use crate::app_state::AppState;
use crate::metrics;
use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap};
use std::net::{IpAddr, SocketAddr};

/// The address. `None`: the request has no socket, as in tests that call the router directly.
pub(crate) fn client_ip(app: &AppState, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    if peer.is_none() {
        metrics::count_unknown_client();
    }
    app.client_addresses.of(peer, headers)
}
