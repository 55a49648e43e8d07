//! The check of assigned roles: a caller cannot assign a role that grants a permission they do not
//! hold in that organization.
//!
//! Otherwise an administrator of the operators' organization could give a colleague the permission
//! to manage users, and get it back from them. Outside of that organization the permission has no
//! effect, so it does not count there.

use super::error::CommandError;
use crate::access::Granted;
use crate::store::roles::DEFAULT_ROLES;
use clerk::backend_api::{BackendApi, BackendApiError};
use clerk::objects::without_org_prefix;
use domain::operation::Operation;
use domain::permission::Permission;
use domain::refusal::{FieldProblem, InvalidFields};

/// The key of a role in the form of Clerk's API, if the caller may assign the role. The check
/// asks Clerk, because the local copy may be old, and it refuses a role that Clerk does not list.
///
/// # Errors
/// The role grants more than the caller holds, Clerk does not list the role, or Clerk cannot be
/// reached.
pub(super) async fn assignable_role<Op: Operation>(grant: &Granted<Op>, role: &str) -> Result<String, CommandError> {
    let key = without_org_prefix(role);
    let missing = grant.missing_permissions();
    if !missing.is_empty() {
        let permissions = permissions_of(grant.backend_api(), &key).await?;
        let grants = |permission: &Permission| permissions.iter().any(|granted| granted == permission.key());
        if missing.iter().any(grants) {
            return Err(CommandError::BeyondOwnPermissions);
        }
    }
    Ok(format!("org:{key}"))
}

/// The permissions of a role, by its key without prefix. An instance without a list of roles has
/// Clerk's two default roles, unchanged.
async fn permissions_of(api: &BackendApi, key: &str) -> Result<Vec<String>, CommandError> {
    match api.find_role(|role| role.key == key).await {
        Ok(Some(role)) => Ok(role.permissions),
        Err(BackendApiError::NotFound) if DEFAULT_ROLES.iter().any(|(default, _)| *default == key) => Ok(Vec::new()),
        Ok(None) | Err(BackendApiError::NotFound) => {
            Err(CommandError::Invalid(InvalidFields::from([("role".to_owned(), FieldProblem::Invalid)])))
        }
        Err(error) => Err(error.into()),
    }
}
