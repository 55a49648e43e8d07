//! The messages for a session that a rule ended.

use domain::signed_out::SignedOut;

/// Why the person was signed out.
pub(crate) fn signed_out_message(reason: SignedOut) -> &'static str {
    match reason {
        SignedOut::SessionTooOld => "You were signed out because your session reached its maximum age.",
        SignedOut::SessionIdle => "You were signed out because you were inactive.",
        SignedOut::SessionReplaced => {
            "You were signed out because you signed in somewhere else. If that was not you, change your password."
        }
        SignedOut::SessionTooOldForPermission => {
            "You were signed out because this page requires a more recent sign-in."
        }
    }
}
