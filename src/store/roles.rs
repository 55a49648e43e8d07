//! The roles of the instance and what each grants. They are nobody's secret: every member's token names theirs.

use super::search_text::fold;
use crate::access::Granted;
use crate::db::StoreError;
use domain::operation::ListRoles;
use std::collections::HashMap;

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantingRole {
    /// Key without the leading `org:`.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Names of the permissions that it grants; a permission that Clerk has not told of is named by its key.
    pub grants: Vec<String>,
}

/// Reads them, by name.
///
/// # Errors
/// The database.
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
