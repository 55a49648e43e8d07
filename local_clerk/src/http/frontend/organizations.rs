//! Organizations, as ClerkJS's switcher and profile read and change them; their memberships; and
//! the memberships of the signed-in user.

use super::caller::{Caller, ClientAnswer};
use crate::commands::{memberships, memberships::LastAdmin, organizations as commands};
use crate::http::lists::ListQuery;
use crate::json::{list, organizations::membership, organizations::organization, organizations::role};
use crate::model::OrganizationParams;
use axum::{Form, extract::Path, response::Response};
use serde_json::Value;

fn filled(value: Option<String>) -> Option<String> {
    value.filter(|text| !text.trim().is_empty())
}

/// The creator becomes an administrator.
pub(super) async fn create(caller: Caller, Form(params): Form<OrganizationParams>) -> ClientAnswer {
    let created_by = Some(caller.session.user.clone());
    let params = OrganizationParams { slug: filled(params.slug), created_by, ..params };
    caller.run(|state| commands::create_organization(state, params)).await
}

pub(super) async fn show(Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    caller.require_member(&id)?;
    Ok(caller.read(|state| state.organization(&id).map_or(Value::Null, |found| organization(state, found))))
}

/// Empty fields stay as they are.
pub(super) async fn update(
    Path(id): Path<String>,
    caller: Caller,
    Form(params): Form<OrganizationParams>,
) -> ClientAnswer {
    caller.require_admin(&id)?;
    let params = OrganizationParams { name: filled(params.name), slug: filled(params.slug), created_by: None };
    caller.run(|state| commands::update_organization(state, &id, params)).await
}

pub(super) async fn roles(Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    caller.require_member(&id)?;
    Ok(caller.read(|state| list(state.roles.roles.iter().map(|found| role(state, found)))))
}

/// A list that is always empty here: domains and membership requests.
pub(super) async fn empty_list(Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    caller.require_member(&id)?;
    Ok(caller.answer(&list([])))
}

pub(super) async fn list_members(Path(organization): Path<String>, query: ListQuery, caller: Caller) -> ClientAnswer {
    caller.require_member(&organization)?;
    Ok(caller.read(|state| query.page(query.members(state, &organization).collect())))
}

pub(super) async fn change_role(
    Path((organization, user)): Path<(String, String)>,
    caller: Caller,
    Form(params): Form<memberships::RoleParam>,
) -> ClientAnswer {
    caller.require_admin(&organization)?;
    let member = (organization.as_str(), user.as_str());
    caller.run(|state| memberships::change_role(state, member, &params.role, LastAdmin::Required)).await
}

pub(super) async fn remove_member(Path((organization, user)): Path<(String, String)>, caller: Caller) -> ClientAnswer {
    caller.require_admin(&organization)?;
    caller.run(|state| memberships::remove_member(state, (&organization, &user), LastAdmin::Required)).await
}

pub(super) async fn leave(Path(organization): Path<String>, caller: Caller) -> ClientAnswer {
    let member = (organization.as_str(), caller.session.user.as_str());
    caller.run(|state| memberships::remove_member(state, member, LastAdmin::Required)).await
}

pub(super) async fn list_own_memberships(caller: Caller) -> Response {
    caller.read(|state| list(state.memberships_of(&caller.session.user).map(|found| membership(state, found))))
}
