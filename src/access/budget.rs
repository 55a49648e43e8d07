//! The state of a rate limit after a call, and the error of a refused grant.

use crate::limit::{self, Verdict};
use domain::operation::RateLimit;
use domain::refusal::Refusal;
use http::{HeaderName, HeaderValue};

/// The state of a rate limit after a call.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    pub(super) name: &'static str,
    pub(super) limit: RateLimit,
    pub(super) verdict: Verdict,
    pub(super) now_ms: i64,
}

impl Budget {
    /// The headers `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers).
    #[must_use]
    pub fn headers(&self) -> [(HeaderName, HeaderValue); 2] {
        let (requests, window_seconds) = (u64::from(self.limit.requests), u64::from(self.limit.window_seconds));
        limit::rate_limit_headers(self.name, requests, window_seconds, &self.verdict, self.now_ms)
    }
}

/// The error of a refused grant: the refusal for the caller, and the state of the rate limit if the
/// policy check reached it.
#[derive(Debug)]
pub struct GrantError {
    /// The refusal.
    pub refusal: Refusal,
    /// The state of the rate limit.
    pub budget: Option<Budget>,
}

impl From<Refusal> for GrantError {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, budget: None }
    }
}
