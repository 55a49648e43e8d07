//! The messages for a session that a rule ended.

use domain::sign_out_reason::SignOutReason;

/// Why the person was signed out.
pub(crate) fn signed_out_message(reason: SignOutReason) -> &'static str {
    match reason {
        SignOutReason::SessionTooOld => "You were signed out because your session reached its maximum age.",
        SignOutReason::SessionIdle => "You were signed out because you were inactive.",
        SignOutReason::SessionReplaced => {
            "You were signed out because you signed in somewhere else. If that was not you, change your password."
        }
        SignOutReason::SessionTooOldForPermission => {
            "You were signed out because this page requires a more recent sign-in."
        }
    }
}
