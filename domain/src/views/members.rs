//! Members of the organization.

use serde::{Deserialize, Serialize};

/// A member with their active sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// Clerk's id of the user.
    pub user_id: String,
    /// Name; the id where Clerk has reported none.
    pub name: String,
    /// Email address, where Clerk has reported one.
    pub email: Option<String>,
    /// Role without the leading `org:`.
    pub role: String,
    /// Whether this is the caller.
    pub is_you: bool,
    /// Whether the account is banned from the instance.
    pub banned: bool,
    /// Whether the account is locked: it cannot sign in.
    pub locked: bool,
    /// Active sessions, newest first.
    pub sessions: Vec<SessionView>,
}

/// An active session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Clerk's id.
    pub id: String,
    /// Browser and system, where known.
    pub client: Option<String>,
    /// Start, Unix milliseconds.
    pub since_ms: i64,
    /// Whether it is the caller's session.
    pub is_this_one: bool,
    /// Whether Clerk demands a task after the sign-in. Until then the user counts as signed out.
    pub pending: bool,
}
