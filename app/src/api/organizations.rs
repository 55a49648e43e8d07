//! The organizations of whoever asks, and renaming the active one.

use crate::call_error::CallError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {crate::authorize::require, crate::refuse, domain::operation, domain::text::shown, gatehouse::store};

/// An organization as the dashboard shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationView {
    /// Clerk's id.
    pub id: String,
    /// Display name: the one given here, else Clerk's.
    pub name: String,
}

#[cfg(feature = "ssr")]
impl From<store::organizations::Organization> for OrganizationView {
    fn from(row: store::organizations::Organization) -> Self {
        Self { id: row.id, name: shown(&row.name) }
    }
}

/// The organizations of whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationsView {
    /// The active one.
    pub active: OrganizationView,
    /// The others.
    pub others: Vec<OrganizationView>,
}

#[cfg(feature = "ssr")]
impl From<store::organizations::Organizations> for OrganizationsView {
    fn from(rows: store::organizations::Organizations) -> Self {
        Self { active: rows.active.into(), others: rows.others.into_iter().map(Into::into).collect() }
    }
}

/// Names the organizations of whoever asks.
#[server(endpoint = "list_organizations", prefix = "/api")]
pub async fn list_organizations() -> Result<OrganizationsView, CallError> {
    let granted = require(operation::ListOrganizations {}).await?;
    let found = store::organizations::list(&granted).await;
    Ok(found.map_err(refuse::store_error)?.into())
}

/// Gives the active organization another display name.
#[server(endpoint = "rename_organization", prefix = "/api")]
pub async fn rename_organization(name: String) -> Result<OrganizationView, CallError> {
    let granted = require(operation::RenameOrganization { name }).await?;
    let organization = store::organizations::rename(&granted).await;
    Ok(organization.map_err(refuse::store_error)?.into())
}
