//! The messages of the step-up dialog.

/// The account has only factors that the dialog does not know.
pub(crate) const OTHER_FACTOR: &str =
    "Your account is confirmed in another way than this dialog can. Sign out, and sign in again.";

/// Clerk does not answer, or the session has ended.
pub(crate) const UNAVAILABLE: &str = "Your sign-in could not be checked. Try again in a moment.";
