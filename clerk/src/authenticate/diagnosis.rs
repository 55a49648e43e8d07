//! Finds the problem that a request shows when it ends a loop of redirects.

use super::authenticator::Authenticator;
use super::sign_in_problem::SignInProblem;

/// Reasons for which the signature of the token was verified before.
const REASONS_OF_TIME: [&str; 3] = ["session-token-expired", "session-token-nbf", "session-token-iat-in-the-future"];

impl Authenticator<'_> {
    /// The problem of a request for which no further handshake is made. The request need not be in
    /// a loop itself: all tabs of a browser share the counter, so its cookies may be older than the
    /// first handshake. Only proven problems are stated for certain.
    pub(super) fn diagnose(&self, reason: &str) -> SignInProblem {
        if let Some(noticed) = self.noticed.get() {
            return noticed;
        }
        if let Some(name) = self.cookies.twice() {
            return SignInProblem::CookieTwice(name);
        }
        match reason {
            "client-uat-but-no-session-token" => SignInProblem::CookieMissing("__session"),
            "session-token-but-no-client-uat" => SignInProblem::CookieMissing("__client_uat"),
            "dev-browser-missing" => SignInProblem::CookieMissing("__clerk_db_jwt"),
            reason if REASONS_OF_TIME.iter().any(|begin| reason.starts_with(begin)) => {
                let session = self.cookies.session();
                session.and_then(|text| self.problem_of_time(&text)).unwrap_or(SignInProblem::Unknown)
            }
            _ => SignInProblem::Unknown,
        }
    }

    /// The problem with the time of a token: its `iat` is in the future, or it has expired.
    #[expect(clippy::cast_possible_truncation, reason = "whole seconds; the cast saturates")]
    pub(super) fn problem_of_time(&self, text: &str) -> Option<SignInProblem> {
        let token = self.tokens.decode(text).ok()?;
        let age_s = self.now_ms.div_euclid(1000).saturating_sub(token.issued_at_s()? as i64);
        if age_s < 0 {
            return Some(SignInProblem::ClockBehind(-age_s));
        }
        token.has_expired(self.now_ms).then_some(SignInProblem::TokenOld(age_s))
    }
}
