//! Why the server ended a session that its person did not end: the rules of `SESSION_MAX_AGE`, `SESSION_IDLE_TIMEOUT`, `SESSION_SINGLE` and the
//! age limit of a permission. The codes are part of the outside contract: they stand in refusals, in the address of the sign-in page and in the
//! audit log. The words for people belong to the page.

use crate::closed_set::closed_set;
use serde::{Deserialize, Serialize};

/// The parameter of the sign-in page that says why somebody comes there.
pub const PARAMETER: &str = "signed_out";

closed_set! {
    /// The rule that ended a session.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum SignedOut;
    /// The code, as in the JSON member `reason`.
    fn code;
    /// `SESSION_MAX_AGE` is over.
    SessionTooOld = "session_too_old",
    /// Nothing was done for `SESSION_IDLE_TIMEOUT`.
    SessionIdle = "session_idle",
    /// The same person signed in again, and `SESSION_SINGLE` is on.
    SessionReplaced = "session_replaced",
    /// The session is older than the permission allows that was asked for.
    SessionTooOldForPermission = "session_too_old_for_permission",
}

impl SignedOut {
    /// The rule for a code; `None` for any other text, which anybody can write into an address.
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
        for rule in SignedOut::ALL {
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.code());
            assert_eq!(SignedOut::from_code(rule.code()), Some(rule));
        }
        assert_eq!(SignedOut::from_code("session_too_old "), None);
    }
}
