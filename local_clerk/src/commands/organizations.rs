//! Organizations: create, update, delete.

use super::memberships::{add_membership, remove_memberships};
use crate::model::organization::{is_slug, slugify};
use crate::model::{Membership, Organization, OrganizationParams, Refused, Result, State, ensure};
use crate::{json::deleted, json::organizations::organization, random::new_id};
use serde_json::Value;

const LONGEST_NAME: usize = 256;

fn check(state: &State, params: &OrganizationParams, own_id: &str) -> Result<()> {
    let is_name = |name: &String| !name.trim().is_empty() && name.chars().count() <= LONGEST_NAME;
    let name = Refused::missing("name", "Enter a name of at most 256 characters.");
    ensure(params.name.as_ref().is_none_or(is_name), name)?;
    let Some(slug) = &params.slug else { return Ok(()) };
    ensure(is_slug(slug), Refused::invalid_format("slug", "A slug can have lowercase letters, numbers and hyphens."))?;
    let is_free = state.organization(slug).is_none_or(|found| found.id == own_id);
    ensure(is_free, Refused::param("form_identifier_exists", "slug", "That slug is taken. Please try another."))
}

/// A slug for a name, with a number at its end where another organization has it.
fn free_slug(state: &State, name: &str) -> String {
    let base = slugify(name);
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).find(|slug| state.organization(slug).is_none()).unwrap_or(base)
}

/// Creates an organization. Its creator, if one is named, gets the creator's role.
pub(crate) fn create_organization(state: &mut State, params: OrganizationParams) -> Result<Value> {
    let name = params.name.clone().unwrap_or_default().trim().to_owned();
    check(state, &OrganizationParams { name: Some(name.clone()), ..params.clone() }, "")?;
    ensure(params.created_by.as_ref().is_none_or(|user| state.user(user).is_some()), Refused::not_found())?;
    let (slug, now_ms) = (params.slug.unwrap_or_else(|| free_slug(state, &name)), state.now_ms);
    let made = Organization { id: new_id("org"), name, slug, created_at: now_ms, updated_at: now_ms };
    state.organizations.push(made.clone());
    let role = state.roles.creator_role().map(|role| role.key.clone());
    let membership = params.created_by.zip(role).map(|(user, role)| Membership::new(&made.id, &user, &role, now_ms));
    let membership = membership.map(|membership| add_membership(state, membership)).transpose()?;
    let object = organization(state, &made);
    let object = state.record("organization.created", object);
    membership.map(|membership| state.record("organizationMembership.created", membership));
    Ok(object)
}

/// `name`: id or slug.
pub(crate) fn update_organization(state: &mut State, name: &str, params: OrganizationParams) -> Result<Value> {
    let id = state.organization(name).ok_or_else(Refused::not_found)?.id.clone();
    check(state, &params, &id)?;
    let now_ms = state.now_ms;
    let found = state.organizations.iter_mut().find(|found| found.id == id).ok_or_else(Refused::not_found)?;
    found.name = params.name.unwrap_or_else(|| found.name.clone());
    found.slug = params.slug.unwrap_or_else(|| found.slug.clone());
    found.updated_at = now_ms;
    let found = found.clone();
    let object = organization(state, &found);
    Ok(state.record("organization.updated", object))
}

/// Deletes an organization together with its memberships. `name`: id or slug.
pub(crate) fn delete_organization(state: &mut State, name: &str) -> Result<Value> {
    let found = state.organization(name).ok_or_else(Refused::not_found)?.clone();
    remove_memberships(state, |membership| membership.organization == found.id);
    state.organizations.retain(|organization| organization.id != found.id);
    let mut object = deleted("organization", &found.id);
    object["slug"] = found.slug.into();
    Ok(state.record("organization.deleted", object))
}
