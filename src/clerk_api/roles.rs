//! Which roles somebody may give: none that grants, in the organization in which it is given, more of this application than they have themselves.
//!
//! Without this rule an administrator of the operators' organization could make themselves, through somebody else, a person who keeps people out
//! of all organizations. Anywhere else that permission counts for nothing, and a role is not refused for it.

use super::{ClerkApi, ClerkApiError};
use crate::access::Granted;
use crate::clerk_objects::without_prefix;
use domain::operation::GivesRole;
use domain::permission::Permission;
use domain::refusal::{FieldProblem, InvalidFields};

/// The key of the role of the grant, as Clerk's API writes it, if whoever asks may give it. Clerk is asked, because a copy may be old. What cannot be
/// judged is not given.
///
/// # Errors
/// [`ClerkApiError::BeyondOwn`], [`ClerkApiError::Invalid`] for a role that Clerk does not list, or Clerk cannot be asked.
pub(super) async fn that_may_be_given<Op: GivesRole>(by: &Granted<Op>) -> Result<String, ClerkApiError> {
    let key = without_prefix(by.input().role());
    let lacking = by.lacking();
    if !lacking.is_empty() {
        let permissions = permissions_of(by.clerk_api(), &key).await?;
        let grants = |permission: &Permission| permissions.iter().any(|granted| granted == permission.key());
        if lacking.iter().any(grants) {
            return Err(ClerkApiError::BeyondOwn);
        }
    }
    Ok(format!("org:{key}"))
}

/// The roles that every instance begins with. They grant nothing of this application until somebody changes them.
const CLERKS_OWN: [&str; 2] = ["admin", "member"];

/// More pages than any instance has roles for.
const MAX_PAGES: usize = 20;

/// What a role grants, by its key without prefix. An instance without a list of roles has Clerk's own two, as they come.
async fn permissions_of(api: &ClerkApi, key: &str) -> Result<Vec<String>, ClerkApiError> {
    let unknown = || ClerkApiError::Invalid(InvalidFields::from([("role".to_owned(), FieldProblem::Invalid)]));
    let mut offset = Some(0);
    for _ in 0..MAX_PAGES {
        let Some(from) = offset else { break };
        let page = match api.roles(from).await {
            Err(ClerkApiError::NotFound) if CLERKS_OWN.contains(&key) => return Ok(Vec::new()),
            Err(ClerkApiError::NotFound) => return Err(unknown()),
            page => page?,
        };
        if let Some(role) = page.objects.into_iter().find(|role| role.key == key) {
            return Ok(role.permissions);
        }
        offset = page.next;
    }
    Err(unknown())
}
