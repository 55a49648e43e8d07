//! The reasons why a browser cannot stay signed in. They are named where a loop of redirects ends,
//! so that the log and the sign-in page do not blame the keys for everything.

use std::fmt;

/// Browsers drop a cookie whose name and value together are longer, in bytes, and keep the one
/// before (RFC 6265bis section 5.7).
pub(super) const LONGEST_COOKIE: usize = 4096;

/// Why a browser cannot stay signed in. The text is for people: it stands in the log and on the
/// sign-in page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInProblem {
    /// The clock of this server is this many seconds behind Clerk's: a token was issued later than
    /// now.
    ClockBehind(i64),
    /// The session token was issued this many seconds ago and has expired. An old token, of a page
    /// that was left open for example, looks the same as a new one that meets a clock ahead of
    /// Clerk's.
    TokenOld(i64),
    /// The browser did not send this cookie, which Clerk sets.
    CookieMissing(&'static str),
    /// The session cookie has this many bytes, name and value, which is more than browsers keep.
    CookieTooLarge(usize),
    /// The browser has two cookies of this name with different values.
    CookieTwice(&'static str),
    /// Another instance signed the handshake that came back.
    Keys,
    /// Nothing in the request shows the reason.
    Unknown,
}

impl fmt::Display for SignInProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClockBehind(seconds) => {
                write!(f, "The clock of this server is {seconds} seconds behind Clerk’s. It has to be set.")
            }
            Self::TokenOld(seconds) => write!(
                f,
                "This browser sent a session token from {seconds} seconds ago, which has expired. If several pages \
                 were opened at once, try again. If that does not help, the clock of this server may be ahead of \
                 Clerk’s."
            ),
            Self::CookieMissing(name) => write!(
                f,
                "This browser did not send the cookie {name}. If several pages were opened at once, try again. If \
                 that does not help, the browser may not keep it: browsers drop a cookie above {LONGEST_COOKIE} \
                 bytes, and all cookies of a site where they are blocked. A proxy in front of the server may drop \
                 them too."
            ),
            Self::CookieTooLarge(bytes) => write!(
                f,
                "The cookie __session would have {bytes} bytes, and browsers drop a cookie above {LONGEST_COOKIE}. \
                 The session token needs fewer custom claims."
            ),
            Self::CookieTwice(name) => write!(
                f,
                "This browser has two cookies {name} that differ. Clear the cookies of this site, then sign in again."
            ),
            Self::Keys => f.write_str(
                "The key of this instance did not sign the answer from Clerk. Another Clerk instance may share the \
                 domain, or publishable key, secret key and JWT key do not belong together.",
            ),
            Self::Unknown => f.write_str(
                "Clerk sent this browser back without a session. Clear the cookies of this site, then sign in again.",
            ),
        }
    }
}
