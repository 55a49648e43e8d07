//! Reads the roles of the instance and the permissions of each. Roles are not secret: each member's
//! token names the member's role.

use super::search_text::fold;
use crate::access::Granted;
use crate::db::StoreError;
use domain::operation::{ListRoles, RoleView};
use domain::text::{shown, shown_or};
use std::collections::HashMap;

/// Keys and names of the roles that every instance starts with. They grant nothing of this
/// application until somebody changes them.
pub(crate) const DEFAULT_ROLES: [(&str, &str); 2] = [("admin", "Admin"), ("member", "Member")];

/// Reads the roles, ordered by name.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn list(grant: &Granted<ListRoles>) -> Result<Vec<RoleView>, StoreError> {
    let reader = grant.database().reader();
    let roles: Vec<(String, String, String)> = sqlx::query_as(
        "select key, coalesce(name, key), coalesce(permissions, '') from roles \
         where deleted_at is null and key is not null order by id",
    )
    .fetch_all(reader)
    .await?;
    let names: Vec<(String, String)> =
        sqlx::query_as("select key, coalesce(name, key) from permissions where deleted_at is null and key is not null")
            .fetch_all(reader)
            .await?;
    let names: HashMap<_, _> = names.into_iter().collect();
    let grants = |keys: &str| {
        let named = |key: &str| shown(names.get(key).map_or(key, String::as_str));
        keys.split(' ').filter(|key| !key.is_empty()).map(named).collect()
    };
    let role = |(key, name, keys): (String, String, String)| RoleView {
        name: shown_or(Some(&name), &key),
        grants: grants(&keys),
        key,
    };
    let default =
        |(key, name): (&str, &str)| RoleView { key: key.to_owned(), name: name.to_owned(), grants: Vec::new() };
    if roles.is_empty() {
        return Ok(DEFAULT_ROLES.into_iter().map(default).collect());
    }
    let mut roles: Vec<_> = roles.into_iter().map(role).collect();
    roles.sort_by_cached_key(|role| fold(&role.name));
    Ok(roles)
}
