//! Ports for servers that start later.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

const PORTS_OF_A_PROCESS: u32 = 50;

/// A port that nobody listens on. It is below the ephemeral range, from which another test could
/// take it meanwhile, and a process gets it only once in 50 calls.
pub(crate) fn free_port() -> u16 {
    free_address().port()
}

/// As [`free_port`], on the loopback.
pub(crate) fn free_address() -> SocketAddr {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let first = 12_000 + std::process::id() % 400 * PORTS_OF_A_PROCESS;
    loop {
        let port = first + CALLS.fetch_add(1, Ordering::Relaxed) % PORTS_OF_A_PROCESS;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, u16::try_from(port).unwrap()));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
