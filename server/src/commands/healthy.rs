//! `server healthy`: asks the server of this configuration whether it is alive, for the health
//! check of a container without curl. It asks `/healthz` only: a restart does not repair a
//! dependency.

use crate::standard_output::print;
use crate::start_error::StartError;
use clerk::http_client::http_client_builder;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

const TIME_LIMIT: Duration = Duration::from_secs(2);

/// Asks the server that listens on this address. The answer must be 200 within 2 seconds.
///
/// # Errors
/// The server does not answer, or answers with another status.
pub async fn healthy(address: SocketAddr) -> Result<(), StartError> {
    if address.port() == 0 {
        return Err("LEPTOS_SITE_ADDR has port 0, so the port of the server is not known: set a port".into());
    }
    let url = format!("http://{}/healthz", reachable(address));
    // A proxy of the environment must not answer for the server.
    let client = http_client_builder(TIME_LIMIT).no_proxy().build()?;
    match client.get(&url).send().await {
        Ok(answer) if answer.status().is_success() => print("The server is alive."),
        Ok(answer) => Err(format!("{url} answers {}: another program listens there", answer.status()).into()),
        Err(error) => {
            let what = if error.is_timeout() { "does not answer within 2 seconds" } else { "cannot be reached" };
            Err(format!("{url} {what}: start the server, or correct LEPTOS_SITE_ADDR").into())
        }
    }
}

/// The address at which this machine reaches a listener: the loopback for one on every interface.
fn reachable(address: SocketAddr) -> SocketAddr {
    let loopback = if address.is_ipv4() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { Ipv6Addr::LOCALHOST.into() };
    let ip = if address.ip().is_unspecified() { loopback } else { address.ip() };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_on_every_interface_is_reached_over_the_loopback() {
        for (bound, expected) in [
            ("0.0.0.0:3000", "127.0.0.1:3000"),
            ("[::]:3000", "[::1]:3000"),
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("192.0.2.1:80", "192.0.2.1:80"),
        ] {
            assert_eq!(reachable(bound.parse().unwrap()).to_string(), expected);
        }
    }
}
