//! Organizations, as ClerkJS's switcher and profile read and change them.

use super::caller::{Caller, ClientAnswer, with_client};
use crate::json::organizations::{organization, role};
use crate::model::{OrganizationParams, Refused};
use crate::{json, model::commands::organizations as commands, server::Clerk};
use axum::{Form, extract::Path};

fn filled(value: Option<String>) -> Option<String> {
    value.filter(|text| !text.trim().is_empty())
}

/// The creator becomes an administrator.
pub(super) async fn create(clerk: Clerk, caller: Caller, Form(params): Form<OrganizationParams>) -> ClientAnswer {
    let created_by = Some(caller.session.user.clone());
    let params = OrganizationParams { slug: filled(params.slug), created_by, ..params };
    let created = clerk.commit(|state| commands::create_organization(state, params)).await?;
    Ok(with_client(&clerk, &caller.client, &organization(&created)))
}

pub(super) async fn show(clerk: Clerk, Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    caller.require_member(&clerk, &id)?;
    let object = {
        let state = clerk.state();
        let found = state.organization(&id).ok_or_else(Refused::not_found)?;
        organization(&state.organization_details(found))
    };
    Ok(with_client(&clerk, &caller.client, &object))
}

/// Empty fields stay as they are.
pub(super) async fn update(
    clerk: Clerk,
    Path(id): Path<String>,
    caller: Caller,
    Form(params): Form<OrganizationParams>,
) -> ClientAnswer {
    caller.require_admin(&clerk, &id)?;
    let params = OrganizationParams { name: filled(params.name), slug: filled(params.slug), created_by: None };
    let updated = clerk.commit(|state| commands::update_organization(state, &id, params)).await?;
    Ok(with_client(&clerk, &caller.client, &organization(&updated)))
}

pub(super) async fn roles(clerk: Clerk, Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    caller.require_member(&clerk, &id)?;
    let list: Vec<_> = {
        let state = clerk.state();
        state.roles.roles.iter().map(|found| role(&state.role_details(found))).collect()
    };
    Ok(with_client(&clerk, &caller.client, &json::list(&list, list.len())))
}

/// A list that is always empty here: domains and membership requests.
pub(super) async fn empty_list(clerk: Clerk, Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    caller.require_member(&clerk, &id)?;
    Ok(with_client(&clerk, &caller.client, &json::list(&[], 0)))
}
