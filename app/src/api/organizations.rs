//! Renaming the organization.

use crate::refused::Refused;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {crate::guard::require, gatehouse::operation, gatehouse::store};

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
        Self { id: row.id, name: row.name }
    }
}

/// Gives the active organization another display name.
#[server(endpoint = "rename_organization", prefix = "/api")]
pub async fn rename_organization(name: String) -> Result<OrganizationView, Refused> {
    let granted = require(operation::RenameOrganization { name }).await?;
    let organization = store::organizations::rename(&granted).await;
    Ok(organization.map_err(crate::compat::store_refusal)?.into())
}
