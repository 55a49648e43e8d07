//! The role that a member has, before a command asks Clerk for another one.

use super::members::role;
use crate::access::Granted;
use crate::db::StoreError;
use clerk::objects::without_org_prefix;
use domain::operation::ChangeRole;

/// Whether the member has this role already. `wanted` has the form of Clerk's API, `org:admin` for
/// example.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn has_role(grant: &Granted<ChangeRole>, wanted: &str) -> Result<bool, StoreError> {
    // The writer sees what an earlier change has stored.
    let mut transaction = grant.database().writer().begin().await?;
    Ok(role(grant, &mut transaction).await?.is_some_and(|role| role == without_org_prefix(wanted)))
}
