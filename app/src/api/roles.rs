//! Roles of the instance.

use crate::call_error::CallError;
use domain::views::roles::RoleView;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {crate::authorize::require, crate::refuse, domain::operation, gatehouse::store};

/// Reads the roles.
#[server(endpoint = "list_roles", prefix = "/api")]
pub async fn list_roles() -> Result<Vec<RoleView>, CallError> {
    let granted = require(operation::ListRoles {}).await?;
    store::roles::list(&granted).await.map_err(refuse::store_error)
}
