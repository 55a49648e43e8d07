//! The IP address of the client: the peer of the connection, or the address that our own proxies
//! saw.
//!
//! Each proxy appends the address of its peer to `X-Forwarded-For`, so only the last `hops` entries
//! come from our proxies. The client may have written the entries before them (RFC 7239 section
//! 8.1).

use clerk::header_text;
use http::{HeaderMap, HeaderName};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The headers by which proxies describe the request that they received.
const FORWARDED: [HeaderName; 4] = [
    FORWARDED_FOR,
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("forwarded"),
];

/// Finds the address of each request's client. It logs once when the requests do not match the
/// number of proxies: a wrong number lets strangers share one budget, or lets a client choose its
/// address.
#[derive(Debug, Default)]
pub struct ClientAddresses {
    trusted_proxy_hops: u8,
    has_logged: [AtomicBool; 3],
}

/// A request that does not match `TRUSTED_PROXY_HOPS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mismatch {
    /// The request has forwarded headers, and no proxy is trusted.
    UncountedProxy,
    /// `X-Forwarded-For` has fewer addresses than there are trusted proxies.
    TooShort,
    /// The connection has no address.
    NoPeer,
}

impl ClientAddresses {
    /// Expects this number of proxies in front of the server (`TRUSTED_PROXY_HOPS`).
    #[must_use]
    pub fn new(trusted_proxy_hops: u8) -> Self {
        Self { trusted_proxy_hops, ..Self::default() }
    }

    /// The client's address. `peer` is the address of the connection. `None`: the address is
    /// unknown.
    #[must_use]
    pub fn of(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let Some(peer) = peer else {
            self.log(Mismatch::NoPeer);
            return None;
        };
        let believed = believed(headers, self.trusted_proxy_hops);
        if self.trusted_proxy_hops == 0 {
            // A proxy on this machine connects from the loopback, so its requests count too.
            if FORWARDED.iter().any(|name| headers.contains_key(name)) {
                self.log(Mismatch::UncountedProxy);
            }
        } else if believed.len() < usize::from(self.trusted_proxy_hops) {
            self.log(Mismatch::TooShort);
        }
        Some(believed.last().copied().unwrap_or(peer))
    }

    fn log(&self, mismatch: Mismatch) {
        let has_logged = match (mismatch, &self.has_logged) {
            (Mismatch::UncountedProxy, [first, ..]) => first,
            (Mismatch::TooShort, [_, second, _]) => second,
            (Mismatch::NoPeer, [.., third]) => third,
        };
        if !has_logged.swap(true, Ordering::Relaxed) {
            tracing::warn!("{}", mismatch.text(self.trusted_proxy_hops));
        }
    }
}

impl Mismatch {
    fn text(self, hops: u8) -> String {
        match self {
            Self::UncountedProxy => {
                "a request has forwarded headers, but TRUSTED_PROXY_HOPS is 0, so all clients of a \
                 proxy share its rate limits: set it to the number of proxies in front of this server. If there is \
                 none, the client made the headers up, and nothing is wrong"
                    .to_owned()
            }
            Self::TooShort => format!(
                "a request has fewer addresses in X-Forwarded-For than TRUSTED_PROXY_HOPS, which is {hops}, so its \
                 rate limits count the nearest known proxy: lower TRUSTED_PROXY_HOPS, or let each proxy append to the \
                 header. If the request came around the proxies, let only them reach this server"
            ),
            Self::NoPeer => {
                "the address of a client is unknown; all such clients share one budget in each rate limit: \
                 serve the router with the address of each connection"
                    .to_owned()
            }
        }
    }
}

/// The addresses that our proxies wrote, the nearest first.
fn believed(headers: &HeaderMap, hops: u8) -> Vec<IpAddr> {
    let entries: Vec<_> = header_text::elements(headers, &FORWARDED_FOR, b',').collect();
    entries.into_iter().rev().take(usize::from(hops)).map_while(|entry| address(entry?)).collect()
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
    fn without_a_connection_the_address_is_unknown_whatever_the_headers_say() {
        let headers = HeaderMap::from_iter([(FORWARDED_FOR, HeaderValue::from_static("203.0.113.5"))]);
        assert_eq!(ClientAddresses::new(1).of(None, &headers), None);
    }

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
            assert_eq!(ClientAddresses::new(hops).of(Some(peer), &headers), Some(expected), "{forwarded} {hops}");
        }
    }
}
