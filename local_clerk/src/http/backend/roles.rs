//! Roles of the instance, and the permissions that they grant.

use super::handlers::{create, run, run_on_part, run_with, show};
use crate::http::lists::{ListQuery, SortKeys};
use crate::json::organizations::{permission, role};
use crate::model::{Permission, Role};
use crate::{commands::roles as commands, http::answer::Answer, server::Clerk};
use axum::Router;
use axum::routing::{MethodFilter, get};

pub(super) fn routes() -> Router<Clerk> {
    let show_role = show(|state, id| state.roles.role(id).map(|found| role(state, found)));
    let change_role = run_with(MethodFilter::PATCH, commands::update_role);
    let delete_role = run(MethodFilter::DELETE, commands::delete_role);
    let show_permission = show(|state, id| state.roles.permission(id).map(permission));
    let change_permission = run_with(MethodFilter::PATCH, commands::update_permission);
    let delete_permission = run(MethodFilter::DELETE, commands::delete_permission);
    let grant = run_on_part(MethodFilter::POST, commands::grant_permission);
    let withdraw = run_on_part(MethodFilter::DELETE, commands::withdraw_permission);
    let permissions = get(list_permissions).merge(create(commands::create_permission));
    let one_permission = show_permission.merge(change_permission).merge(delete_permission);
    Router::new()
        .route("/v1/organization_roles", get(list_roles).merge(create(commands::create_role)))
        .route("/v1/organization_roles/{role}", show_role.merge(change_role).merge(delete_role))
        .route("/v1/organization_roles/{role}/permissions/{permission}", grant.merge(withdraw))
        .route("/v1/organization_permissions", permissions)
        .route("/v1/organization_permissions/{permission}", one_permission)
}

const SORT_KEYS: &SortKeys = &[("created_at", "/created_at"), ("name", "/name"), ("key", "/key")];

async fn list_roles(clerk: Clerk, query: ListQuery) -> Answer {
    let (state, text) = (clerk.state(), query.search("query"));
    let is_match =
        |role: &&Role| role.id == text || format!("{} org:{}", role.name.to_lowercase(), role.key).contains(&text);
    let found = state.roles.roles.iter().filter(is_match);
    query.answer(found.map(|found| role(&state, found)), SORT_KEYS)
}

async fn list_permissions(clerk: Clerk, query: ListQuery) -> Answer {
    let (state, text) = (clerk.state(), query.search("query"));
    let is_match = |found: &&Permission| {
        found.id == text || format!("{} {}", found.name.to_lowercase(), found.key).contains(&text)
    };
    query.answer(state.roles.permissions.iter().filter(is_match).map(permission), SORT_KEYS)
}
