//! Permissions of the instance.

use super::list_query::ListQuery;
use super::roles::SORT_KEYS;
use crate::http::answer::Answer;
use crate::http::page::Page;
use crate::json;
use crate::json::roles::permission;
use crate::model::commands::permissions as commands;
use crate::model::commands::permissions::PermissionParams;
use crate::model::refused::Refused;
use crate::model::role::Permission;
use crate::server::Clerk;
use axum::Json;
use axum::extract::{Path, Query, State};
use serde_json::Value;

pub(super) async fn list(
    State(clerk): State<Clerk>,
    Query(query): Query<ListQuery>,
    Query(page): Query<Page>,
) -> Answer {
    let (state, text) = (clerk.state(), query.search("query"));
    let is_match = |found: &&Permission| {
        found.id == text || format!("{} {}", found.name.to_lowercase(), found.key).contains(&text)
    };
    let found = state.roles.permissions.iter().filter(is_match).map(permission).collect();
    Ok(page.counted(query.sorted(found, SORT_KEYS)?))
}

pub(super) async fn show(State(clerk): State<Clerk>, Path(id): Path<String>) -> Answer {
    let state = clerk.state();
    let found = state.roles.permissions.iter().find(|permission| permission.id == id);
    found.map(|found| Json(permission(found))).ok_or_else(Refused::not_found)
}

pub(super) async fn create(State(clerk): State<Clerk>, Json(params): Json<PermissionParams>) -> Answer {
    clerk.commit(|state| commands::create_permission(state, params)).await.map(to_json)
}

pub(super) async fn update(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    Json(params): Json<PermissionParams>,
) -> Answer {
    clerk.commit(|state| commands::update_permission(state, &id, params)).await.map(to_json)
}

pub(super) async fn delete(State(clerk): State<Clerk>, Path(id): Path<String>) -> Answer {
    clerk.commit(|state| commands::delete_permission(state, &id)).await?;
    Ok(Json(json::deleted("permission", &id)))
}

fn to_json(found: Permission) -> Json<Value> {
    Json(permission(&found))
}
