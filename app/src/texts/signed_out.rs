//! The messages for a session that a rule ended.

use domain::signed_out::SignedOut;

/// Why the person was signed out.
pub(crate) fn signed_out_message(reason: SignedOut) -> &'static str {
    match reason {
        SignedOut::SessionTooOld => {
            "You were signed out because you had been signed in for as long as this application allows."
        }
        SignedOut::SessionIdle => "You were signed out because you had not done anything for a while.",
        SignedOut::SessionReplaced => {
            "You were signed out because you signed in somewhere else. If that was not you, change your password."
        }
        SignedOut::SessionTooOldForPermission => {
            "You were signed out because what you asked for needs a more recent sign-in."
        }
    }
}
