//! The audit log.

use crate::call_error::CallError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {
    crate::authorize::require,
    crate::refuse,
    domain::operation,
    domain::text::{shown, shown_or},
    gatehouse::store,
};

/// One entry: who did what, or was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntryView {
    /// Unix milliseconds.
    pub at_ms: i64,
    /// Name or id of the person.
    pub actor: String,
    /// Name or id of who acted as that person, where it was somebody else.
    pub impersonator: Option<String>,
    /// Name of the operation.
    pub operation: String,
    /// `done`, or the code of the refusal.
    pub outcome: String,
    /// How often within the minute, for refusals.
    pub times: u32,
    /// What changed, for people: `from` and `to`.
    pub change: Option<ChangeView>,
}

/// A value before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// What was changed: a name or an id.
    pub subject: String,
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageView<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// This page, counted from 0.
    pub page: u32,
    /// Whether there is a next one.
    pub more: bool,
}

/// Stands for a name or value in which there is nothing to see.
#[cfg(feature = "ssr")]
const UNSEEN: &str = "(nothing to see)";

#[cfg(feature = "ssr")]
impl From<store::audit::AuditEntry> for AuditEntryView {
    fn from(row: store::audit::AuditEntry) -> Self {
        // What was stored before names were looked at may have nothing to see.
        let value = |text: &str| shown_or(Some(text), if text.is_empty() { "(none)" } else { UNSEEN });
        let change = row.change.map(|change| ChangeView {
            subject: shown(&change.subject),
            from: value(&change.from),
            to: value(&change.to),
        });
        let name = |name: &str| shown_or(Some(name), UNSEEN);
        Self {
            at_ms: row.at_ms,
            actor: name(&row.actor),
            impersonator: row.impersonator.as_deref().map(name),
            operation: row.operation,
            outcome: row.outcome,
            times: row.times,
            change,
        }
    }
}

/// Reads one page of the audit log, newest first.
#[server(endpoint = "list_audit", prefix = "/api")]
pub async fn list_audit(#[server(default)] page: u32) -> Result<PageView<AuditEntryView>, CallError> {
    let granted = require(operation::ListAudit { page }).await?;
    let found = store::audit::list(&granted).await.map_err(refuse::store_error)?;
    Ok(PageView { rows: found.rows.into_iter().map(Into::into).collect(), page, more: found.more })
}
