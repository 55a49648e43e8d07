//! Memberships: add, change the role, remove.

use crate::json::organizations::membership;
use crate::model::{Membership, Refused, Result, State, ensure};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct RoleParam {
    pub(crate) role: String,
}

/// Whether a change may leave an organization without an administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LastAdmin {
    /// The Frontend API refuses it.
    Required,
    /// The Backend API allows it.
    Optional,
}

/// Adds a membership without an event. The user returns to the organization at the next sign-in
/// (Clerk behaviour).
pub(super) fn add_membership(state: &mut State, added: Membership) -> Result<Value> {
    state.user_mut(&added.user)?.last_organization = Some(added.organization.clone());
    state.memberships.push(added.clone());
    Ok(membership(state, &added))
}

/// Makes a user a member. `organization`: id or slug.
pub(crate) fn add_member(state: &mut State, organization: &str, user: &str, role: &str) -> Result<Value> {
    let role = role_key(state, role)?;
    let organization = state.organization(organization).ok_or_else(Refused::not_found)?.id.clone();
    let text = "The user is already a member of the organization.";
    let refused = Refused::new(400, "already_a_member_in_organization", text);
    ensure(state.membership(&organization, user).is_none(), refused)?;
    let object = add_membership(state, Membership::new(&organization, user, &role, state.now_ms))?;
    Ok(state.record("organizationMembership.created", object))
}

/// `member`: organization and user.
pub(crate) fn change_role(state: &mut State, member: (&str, &str), role: &str, last_admin: LastAdmin) -> Result<Value> {
    let ((organization, user), role, now_ms) = (member, role_key(state, role)?, state.now_ms);
    check_last_admin(state, member, Some(&role), last_admin)?;
    let found = state.memberships.iter_mut().find(|found| found.is_of(organization, user));
    let changed = found.ok_or_else(Refused::not_found)?;
    (changed.role, changed.updated_at) = (role, now_ms);
    let changed = changed.clone();
    let object = membership(state, &changed);
    Ok(state.record("organizationMembership.updated", object))
}

/// `member`: organization and user.
pub(crate) fn remove_member(state: &mut State, member: (&str, &str), last_admin: LastAdmin) -> Result<Value> {
    let (organization, user) = member;
    check_last_admin(state, member, None, last_admin)?;
    let object = membership(state, state.membership(organization, user).ok_or_else(Refused::not_found)?);
    state.memberships.retain(|found| !found.is_of(organization, user));
    Ok(state.record("organizationMembership.deleted", object))
}

/// `role`: the new role; `None` where the member leaves.
fn check_last_admin(state: &State, member: (&str, &str), role: Option<&str>, last_admin: LastAdmin) -> Result<()> {
    let (organization, user) = member;
    let of_it = || state.memberships.iter().filter(|found| found.organization == organization);
    let is_admin = of_it().any(|found| found.user == user && found.role == "admin");
    let has_other = of_it().any(|found| found.user != user && found.role == "admin");
    let keeps_admin = last_admin == LastAdmin::Optional || !is_admin || has_other || role == Some("admin");
    let text = "There has to be at least one organization member with the admin role.";
    ensure(keeps_admin, Refused::new(403, "organization_minimum_permissions_needed", text))
}

/// Removes memberships of a user or an organization that is deleted.
pub(super) fn remove_memberships(state: &mut State, is_removed: impl Fn(&Membership) -> bool) {
    let removed = state.memberships.iter().filter(|found| is_removed(found));
    let removed: Vec<_> = removed.map(|found| membership(state, found)).collect();
    state.memberships.retain(|membership| !is_removed(membership));
    for object in removed {
        state.record("organizationMembership.deleted", object);
    }
}

fn role_key(state: &State, role: &str) -> Result<String> {
    state.roles.role(role).map(|role| role.key.clone()).ok_or_else(Refused::unknown_role)
}
