//! Memberships: add, change the role, remove.

use crate::model::{Change, Event, Membership, MembershipDetails, Refused, Result, State, ensure};

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
pub(super) fn add_membership(state: &mut State, membership: Membership) -> Option<MembershipDetails> {
    state.organization(&membership.organization)?;
    state.user_mut(&membership.user).ok()?.last_organization = Some(membership.organization.clone());
    state.memberships.push(membership.clone());
    state.membership_details(&membership)
}

/// Makes a user a member. `organization`: id or slug.
pub(crate) fn add_member(state: &mut State, organization: &str, user: &str, role: &str) -> Result<MembershipDetails> {
    let role = role_key(state, role)?;
    let organization = state.organization(organization).ok_or_else(Refused::not_found)?.id.clone();
    let text = "The user is already a member of the organization.";
    let refused = Refused::new(400, "already_a_member_in_organization", text);
    ensure(state.membership(&organization, user).is_none(), refused)?;
    let membership = Membership::new(&organization, user, &role, state.now_ms);
    let details = add_membership(state, membership).ok_or_else(Refused::not_found)?;
    Ok(state.recorded(details, |details| Event::Membership(Change::Created, Box::new(details))))
}

pub(crate) fn change_role(
    state: &mut State,
    (organization, user): (&str, &str),
    role: &str,
    last_admin: LastAdmin,
) -> Result<MembershipDetails> {
    let (role, now_ms) = (role_key(state, role)?, state.now_ms);
    check_last_admin(state, (organization, user), Some(&role), last_admin)?;
    let found = state.memberships.iter_mut().find(|found| found.is_of(organization, user));
    let membership = found.ok_or_else(Refused::not_found)?;
    (membership.role, membership.updated_at) = (role, now_ms);
    let membership = membership.clone();
    let details = state.membership_details(&membership).ok_or_else(Refused::not_found)?;
    Ok(state.recorded(details, |details| Event::Membership(Change::Updated, Box::new(details))))
}

pub(crate) fn remove_member(
    state: &mut State,
    (organization, user): (&str, &str),
    last_admin: LastAdmin,
) -> Result<MembershipDetails> {
    check_last_admin(state, (organization, user), None, last_admin)?;
    let membership = state.membership(organization, user).ok_or_else(Refused::not_found)?;
    let details = state.membership_details(membership).ok_or_else(Refused::not_found)?;
    state.memberships.retain(|found| !found.is_of(organization, user));
    Ok(state.recorded(details, |details| Event::Membership(Change::Deleted, Box::new(details))))
}

/// `role`: the new role; `None` where the member leaves.
fn check_last_admin(
    state: &State,
    (organization, user): (&str, &str),
    role: Option<&str>,
    last_admin: LastAdmin,
) -> Result<()> {
    let of_it = || state.memberships.iter().filter(|found| found.organization == organization);
    let is_admin = of_it().any(|found| found.user == user && found.role == "admin");
    let has_other = of_it().any(|found| found.user != user && found.role == "admin");
    let keeps_admin = last_admin == LastAdmin::Optional || !is_admin || has_other || role == Some("admin");
    let text = "There has to be at least one organization member with the admin role.";
    ensure(keeps_admin, Refused::new(403, "organization_minimum_permissions_needed", text))
}

/// Removes memberships of a user or an organization that is deleted.
pub(super) fn remove_memberships(state: &mut State, is_removed: impl Fn(&Membership) -> bool) {
    let removed: Vec<_> = state.memberships.iter().filter(|membership| is_removed(membership)).collect();
    let removed: Vec<_> = removed.into_iter().filter_map(|found| state.membership_details(found)).collect();
    state.memberships.retain(|membership| !is_removed(membership));
    removed.into_iter().for_each(|details| state.record(Event::Membership(Change::Deleted, Box::new(details))));
}

fn role_key(state: &State, role: &str) -> Result<String> {
    state.roles.role(role).map(|role| role.key.clone()).ok_or_else(Refused::unknown_role)
}
