//! The IP address of the client: the peer of the connection, or the address that our own proxies
//! saw.
//!
//! Each proxy appends the address of its peer to `X-Forwarded-For`, so only the last `hops` entries
//! come from our proxies. The client may have written the entries before them (RFC 7239 section
//! 8.1).

use clerk::header_text;
use http::{HeaderMap, HeaderName};
use std::net::IpAddr;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address behind `hops` proxies of ours. If an entry is missing or is no address, the
/// result is the nearest known address.
#[must_use]
pub fn client_address(peer: IpAddr, headers: &HeaderMap, hops: u8) -> IpAddr {
    let entries: Vec<_> = header_text::elements(headers, &FORWARDED_FOR, b',').collect();
    let believed = entries.into_iter().rev().take(usize::from(hops)).map_while(|entry| address(entry?));
    believed.last().unwrap_or(peer)
}

/// Some proxies add the port.
fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn only_headers_of_our_proxies_are_trusted() {
        let peer: IpAddr = "10.0.0.9".parse().unwrap();
        for (forwarded, hops, expected) in [
            ("203.0.113.5", 0, "10.0.0.9"),
            ("203.0.113.5", 1, "203.0.113.5"),
            ("6.6.6.6, 203.0.113.5", 1, "203.0.113.5"),
            ("6.6.6.6, 203.0.113.5, 10.0.0.1", 2, "203.0.113.5"),
            ("203.0.113.5", 3, "203.0.113.5"),
            ("", 1, "10.0.0.9"),
            ("garbage", 1, "10.0.0.9"),
            ("203.0.113.5, garbage", 2, "10.0.0.9"),
            ("[2001:db8::1]:443", 1, "2001:db8::1"),
            ("203.0.113.5:99", 1, "203.0.113.5"),
            // The entry of the client is not readable, but the entry of our proxy is.
            ("Zürich, 203.0.113.5", 1, "203.0.113.5"),
            ("Zürich, 203.0.113.5", 2, "203.0.113.5"),
            ("203.0.113.5, Zürich", 1, "10.0.0.9"),
        ] {
            let value = HeaderValue::from_bytes(forwarded.as_bytes()).unwrap();
            let headers = HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), value)]);
            let expected: IpAddr = expected.parse().unwrap();
            assert_eq!(client_address(peer, &headers, hops), expected, "{forwarded} {hops}");
        }
    }
}
