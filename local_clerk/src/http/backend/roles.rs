//! Roles of the instance, and the permissions that they grant.

use super::list_query::{ListQuery, SortKeys};
use crate::http::answer::Answer;
use crate::http::page::Page;
use crate::json;
use crate::json::roles::role;
use crate::model::commands::roles as commands;
use crate::model::commands::roles::RoleParams;
use crate::model::details::RoleDetails;
use crate::model::refused::Refused;
use crate::model::role::Role;
use crate::server::Clerk;
use axum::Json;
use axum::extract::{Path, Query, State};
use serde_json::Value;

pub(super) const SORT_KEYS: &SortKeys = &[("created_at", "/created_at"), ("name", "/name"), ("key", "/key")];

pub(super) async fn list(
    State(clerk): State<Clerk>,
    Query(query): Query<ListQuery>,
    Query(page): Query<Page>,
) -> Answer {
    let (state, text) = (clerk.state(), query.search("query"));
    let is_match =
        |role: &&Role| role.id == text || format!("{} org:{}", role.name.to_lowercase(), role.key).contains(&text);
    let found = state.roles.roles.iter().filter(is_match).map(|found| role(&state.role_details(found))).collect();
    Ok(page.counted(query.sorted(found, SORT_KEYS)?))
}

pub(super) async fn show(State(clerk): State<Clerk>, Path(id): Path<String>) -> Answer {
    let state = clerk.state();
    let found = state.roles.roles.iter().find(|role| role.id == id).ok_or_else(Refused::not_found)?;
    Ok(to_json(state.role_details(found)))
}

pub(super) async fn create(State(clerk): State<Clerk>, Json(params): Json<RoleParams>) -> Answer {
    clerk.commit(|state| commands::create_role(state, params)).await.map(to_json)
}

pub(super) async fn update(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    Json(params): Json<RoleParams>,
) -> Answer {
    clerk.commit(|state| commands::update_role(state, &id, params)).await.map(to_json)
}

pub(super) async fn grant(State(clerk): State<Clerk>, Path((id, permission)): Path<(String, String)>) -> Answer {
    clerk.commit(|state| commands::grant_permission(state, &id, &permission)).await.map(to_json)
}

pub(super) async fn withdraw(State(clerk): State<Clerk>, Path((id, permission)): Path<(String, String)>) -> Answer {
    clerk.commit(|state| commands::withdraw_permission(state, &id, &permission)).await.map(to_json)
}

pub(super) async fn delete(State(clerk): State<Clerk>, Path(id): Path<String>) -> Answer {
    clerk.commit(|state| commands::delete_role(state, &id)).await?;
    Ok(Json(json::deleted("role", &id)))
}

fn to_json(details: RoleDetails) -> Json<Value> {
    Json(role(&details))
}
