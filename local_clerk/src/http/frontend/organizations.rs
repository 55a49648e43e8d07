//! Organizations, as ClerkJS's switcher and profile read and change them.

use super::caller::{Caller, ClientAnswer};
use crate::json::{list, organizations::organization, organizations::role};
use crate::model::{OrganizationParams, Refused, commands::organizations as commands};
use axum::{Form, extract::Path};

fn filled(value: Option<String>) -> Option<String> {
    value.filter(|text| !text.trim().is_empty())
}

/// The creator becomes an administrator.
pub(super) async fn create(caller: Caller, Form(params): Form<OrganizationParams>) -> ClientAnswer {
    let created_by = Some(caller.session.user.clone());
    let params = OrganizationParams { slug: filled(params.slug), created_by, ..params };
    caller.run(|state| commands::create_organization(state, params), organization).await
}

pub(super) async fn show(Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    caller.require_member(&id)?;
    let found = {
        let state = caller.clerk.state();
        state.organization_details(state.organization(&id).ok_or_else(Refused::not_found)?)
    };
    Ok(caller.answer(&organization(&found)))
}

/// Empty fields stay as they are.
pub(super) async fn update(
    Path(id): Path<String>,
    caller: Caller,
    Form(params): Form<OrganizationParams>,
) -> ClientAnswer {
    caller.require_admin(&id)?;
    let params = OrganizationParams { name: filled(params.name), slug: filled(params.slug), created_by: None };
    caller.run(|state| commands::update_organization(state, &id, params), organization).await
}

pub(super) async fn roles(Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    caller.require_member(&id)?;
    Ok(caller.read(|state| list(state.roles.roles.iter().map(|found| role(&state.role_details(found))))))
}

/// A list that is always empty here: domains and membership requests.
pub(super) async fn empty_list(Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    caller.require_member(&id)?;
    Ok(caller.answer(&list([])))
}
