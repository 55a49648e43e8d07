//! The organizations of the caller, and renaming the active one.

use crate::call_error::CallError;
use domain::views::organizations::{OrganizationView, OrganizationsView};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {crate::authorize::require, crate::refuse, domain::operation, gatehouse::store};

/// Names the organizations of the caller.
#[server(endpoint = "list_organizations", prefix = "/api")]
pub async fn list_organizations() -> Result<OrganizationsView, CallError> {
    let granted = require(operation::ListOrganizations {}).await?;
    store::organizations::list(&granted).await.map_err(refuse::store_error)
}

/// Gives the active organization another display name.
#[server(endpoint = "rename_organization", prefix = "/api")]
pub async fn rename_organization(name: String) -> Result<OrganizationView, CallError> {
    let granted = require(operation::RenameOrganization { name }).await?;
    store::organizations::rename(&granted).await.map_err(refuse::store_error)
}
