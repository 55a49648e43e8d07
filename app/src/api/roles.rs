//! Roles of the instance.

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

/// A role and what it grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleView {
    /// Key without the leading `org:`.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Names of the permissions that it grants.
    pub grants: Vec<String>,
}

/// The roles that every instance of Clerk begins with, until it has told of its own.
#[cfg(feature = "ssr")]
const CLERKS_OWN: [&str; 2] = ["admin", "member"];

#[cfg(feature = "ssr")]
impl From<store::roles::GrantingRole> for RoleView {
    fn from(row: store::roles::GrantingRole) -> Self {
        Self {
            name: shown_or(Some(&row.name), &row.key),
            grants: row.grants.iter().map(|grant| shown(grant)).collect(),
            key: row.key,
        }
    }
}

/// Reads the roles.
#[server(endpoint = "list_roles", prefix = "/api")]
pub async fn list_roles() -> Result<Vec<RoleView>, CallError> {
    let granted = require(operation::ListRoles {}).await?;
    let found = store::roles::list(&granted).await.map_err(refuse::store_error)?;
    if found.is_empty() {
        let own = |key: &str| RoleView { key: key.to_owned(), name: key.to_owned(), grants: Vec::new() };
        return Ok(CLERKS_OWN.into_iter().map(own).collect());
    }
    Ok(found.into_iter().map(Into::into).collect())
}
