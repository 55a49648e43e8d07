//! Who belongs to the organization of a grant, and in which role.

use super::{ClerkApiError, roles};
use crate::access::Granted;
use crate::clerk_objects::Membership;
use crate::ended::Ended;
use domain::ids::UserId;
use domain::operation::{ChangeRole, OnMember, RemoveMember};
use reqwest::Method;

/// Gives the member of the grant another role.
///
/// # Errors
/// Clerk does not have the member, does not accept the role, or cannot be asked; or the role grants more than the person who gives it has.
pub async fn change_role(by: &Granted<ChangeRole>) -> Result<Membership, ClerkApiError> {
    let user = by.user()?;
    let role = roles::that_may_be_given(by).await?;
    let body = serde_json::json!({ "role": role });
    let changed = by.clerk_api().change(Method::PATCH, &path(by, &user), Some(body)).await?;
    of_the_grant(by, &user, changed)
}

/// Takes the member of the grant out of the organization. Tokens that still name it as the active one do not count for it any more.
///
/// # Errors
/// Clerk does not have the member, or cannot be asked.
pub async fn remove_member(by: &Granted<RemoveMember>) -> Result<Membership, ClerkApiError> {
    let user = by.user()?;
    let removed = by.clerk_api().change(Method::DELETE, &path(by, &user), None).await?;
    by.ended().insert(Ended::Membership(user.clone(), by.actor().organization.clone()), by.now_ms());
    of_the_grant(by, &user, removed)
}

fn path<'a, Op: OnMember>(by: &'a Granted<Op>, user: &'a UserId) -> [&'a str; 4] {
    ["organizations", by.actor().organization.as_str(), "memberships", user.as_str()]
}

/// The answer is stored as it is, so it must be about whom the change was asked for.
fn of_the_grant<Op: OnMember>(
    by: &Granted<Op>,
    user: &UserId,
    membership: Membership,
) -> Result<Membership, ClerkApiError> {
    if membership.organization == by.actor().organization && membership.user == *user {
        Ok(membership)
    } else {
        Err(ClerkApiError::Unavailable("the answer is about another membership".to_owned()))
    }
}
