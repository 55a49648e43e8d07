//! Refresh tokens: the values of the cookie `__refresh_<suffix>`, which replace an expired session
//! token without a redirect. Each works once. Only a hash is stored.

use super::refused::{Refused, Result, ensure};
use crate::random::random_id;
use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// As long as a session.
pub(crate) const LIFETIME_MS: i64 = 7 * 86_400_000;
/// How long a replaced token still works: the requests of one page send the same token.
const OVERLAP_MS: i64 = 10_000;
/// How many are stored. A browser without one goes through a handshake.
const CAPACITY: usize = 1000;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RefreshToken {
    hash: String,
    session: String,
    expires_at: i64,
    replaced_at: Option<i64>,
}

/// Refuses a refresh token that has expired.
pub(crate) fn expired() -> Refused {
    Refused::new(401, "refresh_token_expired", "The refresh token has expired.")
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct RefreshTokens(Vec<RefreshToken>);

impl RefreshTokens {
    pub(crate) fn issue(&mut self, session: &str, now_ms: i64) -> String {
        self.prune(now_ms);
        let surplus = (self.0.len() + 1).saturating_sub(CAPACITY);
        self.0.drain(..surplus);
        let text = random_id();
        let (hash, session, expires_at) = (hash(&text), session.to_owned(), now_ms + LIFETIME_MS);
        self.0.push(RefreshToken { hash, session, expires_at, replaced_at: None });
        text
    }

    /// Accepts a refresh token and issues the next one.
    pub(crate) fn rotate(&mut self, text: &str, session: &str, now_ms: i64) -> Result<String> {
        self.prune(now_ms);
        let hash = hash(text);
        let found = self.0.iter_mut().find(|token| token.hash == hash && token.session == session);
        let text = "The refresh token is not a token of this session.";
        let token = found.ok_or(Refused::new(401, "session_refresh_refresh_token_ineligible", text))?;
        ensure(token.expires_at > now_ms, expired())?;
        token.replaced_at.get_or_insert(now_ms);
        Ok(self.issue(session, now_ms))
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|token| !token.is_replaced(now_ms));
    }
}

impl RefreshToken {
    fn is_replaced(&self, now_ms: i64) -> bool {
        self.replaced_at.is_some_and(|at| now_ms - at > OVERLAP_MS)
    }
}

fn hash(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_works_once_for_its_session_until_it_expires() {
        let mut tokens = RefreshTokens::default();
        let (unknown, expired) = ("session_refresh_refresh_token_ineligible", "refresh_token_expired");
        let code = |rotated: Result<String>| rotated.unwrap_err().code;
        let first = tokens.issue("sess_1", 0);
        assert_eq!(code(tokens.rotate(&first, "sess_2", 1)), unknown);
        let second = tokens.rotate(&first, "sess_1", 1000).unwrap();
        assert!(tokens.rotate(&first, "sess_1", 1000 + OVERLAP_MS).is_ok());
        assert_eq!(code(tokens.rotate(&first, "sess_1", 1001 + OVERLAP_MS)), unknown);
        assert_eq!(code(tokens.rotate(&second, "sess_1", 1000 + LIFETIME_MS)), expired);
        assert!(!format!("{tokens:?}").contains(&second));
    }
}
