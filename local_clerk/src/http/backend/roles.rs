//! Roles of the instance, and the permissions that they grant.

use super::handlers::{create, run, run_with, show};
use crate::http::lists::{ListQuery, SortKeys};
use crate::json::{deleted, organizations::permission, organizations::role};
use crate::model::{Permission, Role, commands::roles as commands};
use crate::{http::answer::Answer, server::Clerk};
use axum::routing::{MethodFilter, get, post};
use axum::{Json, Router, extract::Path};

pub(super) fn routes() -> Router<Clerk> {
    let show_role = show(|state, id| {
        let found = state.roles.roles.iter().find(|role| role.id == id);
        found.map(|found| role(&state.role_details(found)))
    });
    let change_role = run_with(MethodFilter::PATCH, commands::update_role, role);
    let delete_role = run(MethodFilter::DELETE, commands::delete_role, deleted);
    let show_permission = show(|state, id| state.roles.permissions.iter().find(|found| found.id == id).map(permission));
    let change_permission = run_with(MethodFilter::PATCH, commands::update_permission, permission);
    let delete_permission = run(MethodFilter::DELETE, commands::delete_permission, deleted);
    Router::new()
        .route("/v1/organization_roles", get(list_roles).merge(create(commands::create_role, role)))
        .route("/v1/organization_roles/{role}", show_role.merge(change_role).merge(delete_role))
        .route("/v1/organization_roles/{role}/permissions/{permission}", post(grant).delete(withdraw))
        .route(
            "/v1/organization_permissions",
            get(list_permissions).merge(create(commands::create_permission, permission)),
        )
        .route(
            "/v1/organization_permissions/{permission}",
            show_permission.merge(change_permission).merge(delete_permission),
        )
}

const SORT_KEYS: &SortKeys = &[("created_at", "/created_at"), ("name", "/name"), ("key", "/key")];

async fn list_roles(clerk: Clerk, query: ListQuery) -> Answer {
    let (state, text) = (clerk.state(), query.search("query"));
    let is_match =
        |role: &&Role| role.id == text || format!("{} org:{}", role.name.to_lowercase(), role.key).contains(&text);
    let found = state.roles.roles.iter().filter(is_match);
    query.answer(found.map(|found| role(&state.role_details(found))), SORT_KEYS)
}

async fn list_permissions(clerk: Clerk, query: ListQuery) -> Answer {
    let (state, text) = (clerk.state(), query.search("query"));
    let is_match = |found: &&Permission| {
        found.id == text || format!("{} {}", found.name.to_lowercase(), found.key).contains(&text)
    };
    query.answer(state.roles.permissions.iter().filter(is_match).map(permission), SORT_KEYS)
}

async fn grant(clerk: Clerk, Path((id, permission)): Path<(String, String)>) -> Answer {
    let changed = clerk.commit(|state| commands::grant_permission(state, &id, &permission)).await?;
    Ok(Json(role(&changed)))
}

async fn withdraw(clerk: Clerk, Path((id, permission)): Path<(String, String)>) -> Answer {
    let changed = clerk.commit(|state| commands::withdraw_permission(state, &id, &permission)).await?;
    Ok(Json(role(&changed)))
}
