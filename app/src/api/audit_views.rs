//! The server functions of the saved views of the audit log.

use crate::call_error::CallError;
use domain::operation::SavedAuditView;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::authorize::require,
    crate::refuse,
    domain::operation,
    domain::refusal::{InvalidFields, Refusal},
    gatehouse::store,
};

/// Reads the caller's saved views of the audit log.
#[server(endpoint = "list_audit_views", prefix = "/api")]
pub async fn list_audit_views() -> Result<Vec<SavedAuditView>, CallError> {
    let granted = require(operation::ListAuditViews {}).await?;
    store::audit_views::list(&granted).await.map_err(refuse::store_error)
}

/// Saves a view of the audit log.
#[server(endpoint = "save_audit_view", prefix = "/api")]
pub async fn save_audit_view(name: String, #[server(default)] filter: String) -> Result<(), CallError> {
    let granted = require(operation::SaveAuditView { name, filter }).await?;
    let saved = store::audit_views::save(&granted).await.map_err(refuse::store_error)?;
    // The page hides the form of somebody who has all of their views.
    if saved { Ok(()) } else { Err(refuse::refuse(Refusal::InvalidInput { fields: InvalidFields::new() })) }
}

/// Deletes a saved view of the audit log.
#[server(endpoint = "delete_audit_view", prefix = "/api")]
pub async fn delete_audit_view(view_id: String) -> Result<(), CallError> {
    let granted = require(operation::DeleteAuditView { view_id }).await?;
    store::audit_views::delete(&granted).await.map_err(refuse::store_error)
}
