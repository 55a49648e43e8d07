//! The audit log.

use serde::{Deserialize, Serialize};

/// One entry: a change, or a refused attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntryView {
    /// Unix milliseconds.
    pub at_ms: i64,
    /// Name or id of the user.
    pub actor: String,
    /// Name or id of the impersonator, where there was one.
    pub impersonator: Option<String>,
    /// Name of the operation.
    pub operation: String,
    /// `done`, the code of the refusal, or the rule that ended the session.
    pub outcome: String,
    /// How often within the minute, for refusals.
    pub times: u32,
    /// The value that changed; `None` for refusals and ended sessions.
    pub change: Option<ChangeView>,
}

/// A value before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// Id, name or kind of the changed object.
    pub subject: String,
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
}
