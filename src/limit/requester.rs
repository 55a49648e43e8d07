//! The party that a limit counts: a user, a session, a network address, or everyone together.
//!
//! The type exists so that no limit is keyed by a text whose origin nobody knows: an address
//! without its network would give an IPv6 host 2^64 budgets, and an empty text would be one budget
//! for all.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// The party that a limit counts. `Display` is the identifier in the keys of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Requester<'a> {
    /// A user, by the user's id. The identifier is the id unchanged, because a service with
    /// `@upstash/ratelimit` uses the same one.
    User(&'a str),
    /// A session, by the id in a token that this instance signed.
    Session(&'a str),
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// The first 64 bits of an IPv6 address. A subscriber has a whole /64 network (RFC 6177), so
    /// the network counts as one client.
    Ipv6Network([u16; 4]),
    /// A client whose address is unknown. All of them share one budget.
    Unknown,
    /// All requesters together, for a limit that protects a shared resource.
    Everyone,
}

impl Requester<'_> {
    /// The requester at an address. An IPv4 address that is mapped into IPv6 is the IPv4 address.
    #[must_use]
    pub fn at(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            None => Self::Unknown,
            Some(IpAddr::V4(address)) => Self::Ipv4(address),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                Self::Ipv6Network([a, b, c, d])
            }
        }
    }

    /// Whether a client can have any number of such identifiers.
    pub(super) fn is_address(self) -> bool {
        matches!(self, Self::Ipv4(_) | Self::Ipv6Network(_))
    }
}

impl fmt::Display for Requester<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) | Self::Session(id) => f.write_str(id),
            Self::Ipv4(address) => address.fmt(f),
            Self::Ipv6Network([a, b, c, d]) => {
                write!(f, "{}/64", std::net::Ipv6Addr::new(*a, *b, *c, *d, 0, 0, 0, 0))
            }
            Self::Unknown => f.write_str("unknown"),
            Self::Everyone => f.write_str("everyone"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Requester<'static> {
        Requester::at(Some(text.parse().unwrap()))
    }

    #[test]
    fn an_ipv6_network_counts_as_one_client() {
        assert_eq!(at("2001:db8:1:2:aaaa::1").to_string(), "2001:db8:1:2::/64");
        assert_eq!(at("2001:db8:1:2:ffff:ffff:ffff:ffff"), at("2001:db8:1:2::"));
        assert_ne!(at("2001:db8:1:3::1"), at("2001:db8:1:2::1"));
    }

    #[test]
    fn a_mapped_ipv4_address_is_the_ipv4_address() {
        assert_eq!(at("::ffff:203.0.113.5"), at("203.0.113.5"));
        assert_eq!(at("203.0.113.5").to_string(), "203.0.113.5");
        // The address is only embedded in another form, which belongs to a tunnel.
        assert_ne!(at("64:ff9b::203.0.113.5"), at("203.0.113.5"));
    }

    #[test]
    fn an_unknown_address_has_a_budget_of_its_own() {
        assert_eq!(Requester::at(None).to_string(), "unknown");
        for other in [at("0.0.0.0"), at("::"), Requester::User(""), Requester::Everyone] {
            assert_ne!(other.to_string(), Requester::Unknown.to_string());
        }
    }

    #[test]
    fn the_id_of_a_user_is_unchanged() {
        assert_eq!(Requester::User("user_1").to_string(), "user_1");
    }
}
