//! Why a browser and Clerk do not come to an agreement: said where a loop of redirects is ended,
//! instead of blaming the keys for everything.

use super::Authenticator;
use crate::token;
use std::fmt;

/// Browsers drop a cookie whose name and value are longer together, and keep the one before (RFC 6265bis section 5.7).
pub(super) const LONGEST_COOKIE: usize = 4096;

/// What is wrong. Its text is for people, in the log and on the sign-in page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInProblem {
    /// By so many seconds this server's clock is behind Clerk's: a token says that it was made later than now.
    ClockBehind(i64),
    /// The session token was made so many seconds ago and has expired. An old token, of a page that was left open for
    /// example, and a new one that meets a clock that is ahead of Clerk's look the same.
    TokenOld(i64),
    /// The browser did not send a cookie that Clerk sets.
    CookieMissing(&'static str),
    /// The session cookie has so many bytes, name and value: more than browsers keep.
    CookieTooLarge(usize),
    /// The browser has two cookies of this name that differ.
    CookieTwice(&'static str),
    /// What came back from Clerk was signed by another instance.
    Keys,
    /// Nothing in the request tells.
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
                "This browser sent a session token from {seconds} seconds ago, which has expired. If several pages were opened at once, try again. \
                 If that does not help, the clock of this server may be ahead of Clerk’s."
            ),
            Self::CookieMissing(name) => write!(
                f,
                "This browser did not send the cookie {name}. If several pages were opened at once, try again. If that does not help, the browser may not keep it: \
                 browsers drop a cookie above {LONGEST_COOKIE} bytes, and all cookies of a site where they are blocked; a proxy in front of the server may drop them too."
            ),
            Self::CookieTooLarge(bytes) => write!(
                f,
                "The cookie __session would have {bytes} bytes, and browsers drop a cookie above {LONGEST_COOKIE}. The session token needs fewer custom claims."
            ),
            Self::CookieTwice(name) => write!(
                f,
                "This browser has two cookies {name} that differ. Clear the cookies of this site, then sign in again."
            ),
            Self::Keys => f.write_str(
                "What came back from Clerk was not signed with the key of this instance. Another Clerk instance may share the domain, \
                 or publishable key, secret key and JWT key do not belong together.",
            ),
            Self::Unknown => f.write_str(
                "This browser was sent to Clerk and back without a session. Clear the cookies of this site, then sign in again.",
            ),
        }
    }
}

impl Authenticator<'_> {
    /// What a request shows for which no further handshake is made. It need not be in a loop: all tabs of a browser share
    /// the counter, so the cookies may be from before the first handshake. Only what they prove is said for certain.
    pub(super) fn trouble(&self, reason: &str) -> SignInProblem {
        if let Some(noticed) = self.noticed.get() {
            return noticed;
        }
        if let Some(name) = self.cookies.twice() {
            return SignInProblem::CookieTwice(name);
        }
        // Of these the signature was checked.
        let of_time = ["session-token-expired", "session-token-nbf", "session-token-iat-in-the-future"];
        match reason {
            "client-uat-but-no-session-token" => SignInProblem::CookieMissing("__session"),
            "session-token-but-no-client-uat" => SignInProblem::CookieMissing("__client_uat"),
            "dev-browser-missing" => SignInProblem::CookieMissing("__clerk_db_jwt"),
            reason if of_time.iter().any(|begin| reason.starts_with(begin)) => {
                self.cookies.session().and_then(|text| self.of_time(&text)).unwrap_or(SignInProblem::Unknown)
            }
            _ => SignInProblem::Unknown,
        }
    }

    /// What a token tells about the time, if that is why it does not count.
    #[expect(clippy::cast_possible_truncation, reason = "whole seconds; the cast saturates")]
    pub(super) fn of_time(&self, text: &str) -> Option<SignInProblem> {
        let token = token::decode(text).ok()?;
        let age_s = self.now_ms.div_euclid(1000).saturating_sub(token.issued_at_s()? as i64);
        if age_s < 0 {
            return Some(SignInProblem::ClockBehind(-age_s));
        }
        token.has_expired(self.now_ms).then_some(SignInProblem::TokenOld(age_s))
    }
}
