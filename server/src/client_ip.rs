//! The client's address, for limits of those who have no account.

use crate::app_state::AppState;
use axum::extract::ConnectInfo;
use gatehouse::client_address::client_address;
use http::{Extensions, HeaderMap};
use std::net::{IpAddr, SocketAddr};

/// `None` where there is no socket, as in tests that call the router itself.
pub(crate) fn client_ip(app: &AppState, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(client_address(peer.ip(), headers, app.trusted_proxy_hops))
}
