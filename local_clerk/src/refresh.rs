//! Refresh tokens: what the cookie `__refresh_<suffix>` holds, so that an expired session token is replaced without a redirect.
//!
//! Each is good for one refresh; requests that were under way at the same moment bring the same one and are served too. Only a hash is kept.

use crate::identity::random_id;
use crate::state::State;
use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// As long as a session.
pub(crate) const LIFETIME_MS: i64 = 7 * 86_400_000;
/// How long a replaced one is still taken: requests of one page come together.
const OVERLAP_MS: i64 = 10_000;
/// So many are kept; a browser that was not heard of for long goes through a handshake.
const KEPT: usize = 1000;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RefreshToken {
    hash: String,
    session: String,
    expires_at: i64,
    #[serde(default)]
    replaced_at: Option<i64>,
}

/// Why one is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ineligible {
    /// Nobody knows it, it is another session's, or it was replaced.
    Unknown,
    Expired,
}

fn hash(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

impl State {
    /// A new refresh token for a session.
    pub(crate) fn issue_refresh(&mut self, session: &str, now_ms: i64) -> String {
        let gone = |token: &RefreshToken| token.replaced_at.is_some_and(|at| now_ms - at > OVERLAP_MS);
        self.refresh_tokens.retain(|token| !gone(token));
        let surplus = (self.refresh_tokens.len() + 1).saturating_sub(KEPT);
        self.refresh_tokens.drain(..surplus);
        let text = random_id();
        self.refresh_tokens.push(RefreshToken {
            hash: hash(&text),
            session: session.to_owned(),
            expires_at: now_ms + LIFETIME_MS,
            replaced_at: None,
        });
        text
    }

    /// Takes a refresh token and gives the next one.
    pub(crate) fn rotate_refresh(&mut self, text: &str, session: &str, now_ms: i64) -> Result<String, Ineligible> {
        let hash = hash(text);
        let found = self.refresh_tokens.iter_mut().find(|token| token.hash == hash && token.session == session);
        let token = found.ok_or(Ineligible::Unknown)?;
        if token.expires_at <= now_ms {
            return Err(Ineligible::Expired);
        }
        if token.replaced_at.is_some_and(|at| now_ms - at > OVERLAP_MS) {
            return Err(Ineligible::Unknown);
        }
        token.replaced_at.get_or_insert(now_ms);
        Ok(self.issue_refresh(session, now_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_good_once_for_its_session_and_its_time() {
        let mut state = State::default();
        let first = state.issue_refresh("sess_1", 0);
        assert_eq!(state.rotate_refresh(&first, "sess_2", 1), Err(Ineligible::Unknown));
        let second = state.rotate_refresh(&first, "sess_1", 1000).unwrap();
        assert!(state.rotate_refresh(&first, "sess_1", 1000 + OVERLAP_MS).is_ok());
        assert_eq!(state.rotate_refresh(&first, "sess_1", 1001 + OVERLAP_MS), Err(Ineligible::Unknown));
        assert_eq!(state.rotate_refresh(&second, "sess_1", 1000 + LIFETIME_MS), Err(Ineligible::Expired));
        assert!(!format!("{state:?}").contains(&second));
    }
}
