//! The operation that lists the audit log.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::{CURSOR, TextFields, follows};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Lists the audit log of the active organization, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListAudit {
    /// The place of the page, as an earlier page named it; empty for the first page.
    #[garde(custom(follows(CURSOR)))]
    pub page: String,
}

impl Operation for ListAudit {
    const DECLARATION: Declaration = Declaration::read("list_audit");
    const TEXT_FIELDS: TextFields = &[("page", CURSOR)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// One entry: a change, or a refused attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Name of the user or of the user of the session that the change names by id; `None` where
    /// the change names something else.
    pub subject: Option<String>,
    /// Why, as the actor wrote it; `None` for an entry without a reason.
    pub reason: Option<String>,
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
