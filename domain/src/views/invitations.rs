//! Invitations to the organization.

use serde::{Deserialize, Serialize};

/// A pending invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// Clerk's id.
    pub id: String,
    /// The invited email address.
    pub email: String,
    /// Role without the leading `org:`.
    pub role: String,
    /// When it was sent, Unix milliseconds.
    pub since_ms: i64,
}
