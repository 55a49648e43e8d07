//! The client's IP address. Rate limits count signed-out clients by it.

use crate::app_state::AppState;
use axum::extract::ConnectInfo;
use gatehouse::client_address::client_address;
use http::{Extensions, HeaderMap};
use std::net::{IpAddr, SocketAddr};

/// The address. `None`: the request has no socket, as in tests that call the router directly.
pub(crate) fn client_ip(app: &AppState, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(client_address(peer.ip(), headers, app.trusted_proxy_hops))
}
