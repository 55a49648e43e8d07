//! The messages of the step-up dialog.

/// The account has only factors that the dialog does not know.
pub(crate) const OTHER_FACTOR: &str = "This dialog does not support your sign-in method. Sign out, then sign in again.";

/// Clerk does not answer, or the session has ended.
pub(crate) const UNAVAILABLE: &str = "Your identity could not be checked. Try again in a moment.";
