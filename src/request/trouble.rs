//! Why a browser and Clerk do not come to an agreement: said where a loop of redirects is ended,
//! instead of blaming the keys for everything.

use super::Machine;
use crate::token;
use std::fmt;

/// Browsers drop a cookie whose name and value are longer together, and keep the one before (RFC 6265bis section 5.7).
pub(super) const LONGEST_COOKIE: usize = 4096;

/// What is wrong. Its text is for people, in the log and on the sign-in page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// By so many seconds this server's clock is ahead of Clerk's; negative: behind.
    Clock(i64),
    /// The browser did not send back a cookie that Clerk had just set.
    CookieLost(&'static str),
    /// The session cookie has so many bytes, name and value: more than browsers keep.
    CookieTooLarge(usize),
    /// The browser has two cookies of this name that differ.
    CookieTwice(&'static str),
    /// What came back from Clerk was signed by another instance.
    Keys,
    /// Nothing in the request tells.
    Unknown,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clock(ahead_s) => {
                let (seconds, side) = (ahead_s.unsigned_abs(), if *ahead_s < 0 { "behind" } else { "ahead of" });
                write!(f, "The clock of this server is {seconds} seconds {side} Clerk’s. It has to be set.")
            }
            Self::CookieLost(name) => write!(
                f,
                "This browser did not keep the cookie {name}. Browsers drop a cookie above {LONGEST_COOKIE} bytes, and all cookies of a site where they are blocked; \
                 a proxy in front of the server may drop them too."
            ),
            Self::CookieTooLarge(bytes) => write!(
                f,
                "The cookie __session would have {bytes} bytes, and browsers drop a cookie above {LONGEST_COOKIE}. The session token needs fewer custom claims."
            ),
            Self::CookieTwice(name) => write!(
                f,
                "This browser has two cookies {name} that differ. Clear the cookies of this site, then sign in again."
            ),
            Self::Keys => f.write_str("Publishable key, secret key and JWT key do not belong together."),
            Self::Unknown => f.write_str(
                "The browser was sent to Clerk and back without a session. Clear the cookies of this site, then sign in again.",
            ),
        }
    }
}

impl Machine<'_> {
    /// What ends the loop that this reason has led into. Whatever the handshakes brought was made a
    /// moment ago, so its time is Clerk's.
    pub(super) fn trouble(&self, reason: &str) -> Trouble {
        if let Some(noticed) = self.noticed.get() {
            return noticed;
        }
        if let Some(name) = self.cookies.twice() {
            return Trouble::CookieTwice(name);
        }
        let of_time = ["session-token-expired", "session-token-nbf", "session-token-iat-in-the-future"];
        match reason {
            "client-uat-but-no-session-token" => Trouble::CookieLost("__session"),
            "session-token-but-no-client-uat" => Trouble::CookieLost("__client_uat"),
            "dev-browser-missing" => Trouble::CookieLost("__clerk_db_jwt"),
            reason if of_time.iter().any(|begin| reason.starts_with(begin)) => {
                self.cookies.session().and_then(|text| self.clock(&text)).unwrap_or(Trouble::Unknown)
            }
            _ => Trouble::Unknown,
        }
    }

    /// How far the clocks differ, by a token that was made just now.
    #[expect(clippy::cast_possible_truncation, reason = "whole seconds; the cast saturates")]
    pub(super) fn clock(&self, just_made: &str) -> Option<Trouble> {
        let issued_s = token::decode(just_made).ok()?.issued_at_s()? as i64;
        Some(Trouble::Clock(self.now_ms.div_euclid(1000).saturating_sub(issued_s)))
    }
}
