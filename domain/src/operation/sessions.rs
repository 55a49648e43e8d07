//! Operations that end sessions of members.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::{IDENTIFIER, REASON, TextFields, follows};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Ends a session of a member of the active organization.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct RevokeSession {
    /// The session.
    #[garde(custom(follows(IDENTIFIER)))]
    pub session_id: String,
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for RevokeSession {
    const DECLARATION: Declaration = Declaration::sensitive_change("revoke_session", 30);
    const TEXT_FIELDS: TextFields = &[("session_id", IDENTIFIER), ("reason", REASON)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

/// Ends every session of the caller except the one that asks.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct RevokeOtherSessions {
    /// Why, for the audit log; may be empty.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for RevokeOtherSessions {
    const DECLARATION: Declaration = Declaration::sensitive_change("revoke_other_sessions", 5);
    const TEXT_FIELDS: TextFields = &[("reason", REASON)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}
