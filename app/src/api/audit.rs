//! The audit log.

use crate::call_error::CallError;
use domain::views::PageView;
use domain::views::audit::AuditEntryView;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {crate::authorize::require, crate::refuse, domain::operation, gatehouse::store};

/// Reads one page of the audit log, newest first.
#[server(endpoint = "list_audit", prefix = "/api")]
pub async fn list_audit(#[server(default)] page: u32) -> Result<PageView<AuditEntryView>, CallError> {
    let granted = require(operation::ListAudit { page }).await?;
    store::audit::list(&granted).await.map_err(refuse::store_error)
}
