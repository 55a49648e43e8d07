//! Reads the roles of the instance and the permissions of each. Roles are not secret: each member's
//! token names the member's role.

use super::search_text::fold;
use crate::access::Granted;
use crate::db::StoreError;
use domain::operation::ListRoles;
use std::collections::HashMap;

/// A role with the permissions that it grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantingRole {
    /// Key without the leading `org:`.
    pub key: String,
    /// Display name.
    pub name: String,
    /// Display names of the granted permissions; the key stands for a permission whose name Clerk
    /// has not sent.
    pub grants: Vec<String>,
}

/// Reads the roles, ordered by name.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub async fn list(grant: &Granted<ListRoles>) -> Result<Vec<GrantingRole>, StoreError> {
    let reader = grant.database().reader();
    let roles: Vec<(String, String, String)> = sqlx::query_as(
        "select key, coalesce(name, key), coalesce(permissions, '') from roles where deleted_at is null and key is not null order by id",
    )
    .fetch_all(reader)
    .await?;
    let names: Vec<(String, String)> =
        sqlx::query_as("select key, coalesce(name, key) from permissions where deleted_at is null and key is not null")
            .fetch_all(reader)
            .await?;
    let names: HashMap<_, _> = names.into_iter().collect();
    let grants = |keys: &str| {
        let named = |key: &str| names.get(key).cloned().unwrap_or_else(|| key.to_owned());
        keys.split(' ').filter(|key| !key.is_empty()).map(named).collect()
    };
    let role = |(key, name, keys): (String, String, String)| GrantingRole { key, name, grants: grants(&keys) };
    let mut roles: Vec<_> = roles.into_iter().map(role).collect();
    roles.sort_by_cached_key(|role| fold(&role.name));
    Ok(roles)
}
