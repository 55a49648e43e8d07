//! The texts about sessions.

use domain::text::isolated; // example:line sessions

/// Clerk has reported no browser.
pub(crate) const UNKNOWN_DEVICE: &str = "Unknown device";

// example:begin sessions
/// How many sessions are active.
pub(crate) fn active_sessions(number: u32) -> String {
    match number {
        0 => "No active sessions.".to_owned(),
        1 => "1 active session.".to_owned(),
        number => format!("{number} active sessions, newest first."),
    }
}

/// The accessible name of the link that revokes a session.
pub(crate) fn revoke_label(name: &str, client: &str) -> String {
    format!("Revoke the session of {} in {}", isolated(name), isolated(client))
}
// example:end sessions

/// When the user last proved their identity.
pub(crate) fn last_verified(minutes_ago: Option<u32>) -> String {
    match minutes_ago {
        None => "Never".to_owned(),
        Some(0) => "Just now".to_owned(),
        Some(1) => "1 minute ago".to_owned(),
        Some(minutes) => format!("{minutes} minutes ago"),
    }
}
