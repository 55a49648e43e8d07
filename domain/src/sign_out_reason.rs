//! The reason why the server ended a session: `SESSION_MAX_AGE`, `SESSION_IDLE_TIMEOUT`,
//! `SESSION_SINGLE`, or the age limit of a permission.
//!
//! The codes are part of the outside contract: refusals, the URL of the sign-in page and the audit
//! log contain them. The pages hold the messages.

use crate::closed_set::closed_set;
use serde::{Deserialize, Serialize};

/// The query parameter of the sign-in page that holds the reason.
pub const PARAMETER: &str = "signed_out";

closed_set! {
    /// The rule that ended a session.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum SignOutReason;
    /// The code, as in the JSON member `reason`.
    fn code;
    /// The session is older than `SESSION_MAX_AGE`.
    SessionTooOld = "session_too_old",
    /// The user was inactive for `SESSION_IDLE_TIMEOUT`.
    SessionIdle = "session_idle",
    /// The user signed in again, and `SESSION_SINGLE` is on.
    SessionReplaced = "session_replaced",
    /// The session is older than the required permission allows.
    SessionTooOldForPermission = "session_too_old_for_permission",
}

impl SignOutReason {
    /// The rule for a code; `None` for any other text, because anybody can write the URL.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_one_in_the_json_and_is_read_back() {
        for rule in SignOutReason::ALL {
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.code());
            assert_eq!(SignOutReason::from_code(rule.code()), Some(rule));
        }
        assert_eq!(SignOutReason::from_code("session_too_old "), None);
    }
}
