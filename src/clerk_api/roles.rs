//! Which roles somebody may give: none that grants more of this application than they have themselves.
//!
//! A role is the instance's, not the organization's. Without this rule an administrator of one organization could make themselves, through
//! somebody else, a person who keeps people out of all of them.

use super::{ClerkApiError, ListPage};
use crate::access::Granted;
use crate::clerk_objects::{Role, without_prefix};
use crate::has::{Requirement, has};
use crate::operation::GivesRole;
use crate::permission::Permission;

/// The key of the role of the grant, as Clerk's API writes it, if whoever asks may give it. Clerk is asked, because a copy may be old.
///
/// # Errors
/// [`ClerkApiError::BeyondOwn`], or Clerk cannot be asked. Whether there is such a role Clerk says when it is given.
pub(super) async fn that_may_be_given<Op: GivesRole>(by: &Granted<Op>) -> Result<String, ClerkApiError> {
    let key = without_prefix(by.input().role());
    let holds = |permission: &Permission| has(by.session(), &Requirement::permission(permission.key()));
    let missing: Vec<_> = Permission::ALL.into_iter().filter(|permission| !holds(permission)).collect();
    if !missing.is_empty() {
        let roles = all(by).await?;
        let role = roles.iter().find(|role| role.key == key);
        let grants = |permission: &Permission| {
            role.is_some_and(|role| role.permissions.iter().any(|granted| granted == permission.key()))
        };
        if missing.iter().any(grants) {
            by.note_refused(&ClerkApiError::BeyondOwn.refusal());
            return Err(ClerkApiError::BeyondOwn);
        }
    }
    Ok(format!("org:{key}"))
}

/// All roles of the instance. An instance without a list of roles has Clerk's own two, which grant nothing of this application.
async fn all<Op: GivesRole>(by: &Granted<Op>) -> Result<Vec<Role>, ClerkApiError> {
    let (mut roles, mut offset) = (Vec::new(), Some(0));
    while let Some(from) = offset {
        let page: ListPage<Role> = match by.clerk_api().roles(from).await {
            Err(ClerkApiError::NotFound) => break,
            page => page?,
        };
        roles.extend(page.objects);
        offset = page.next;
    }
    Ok(roles)
}
