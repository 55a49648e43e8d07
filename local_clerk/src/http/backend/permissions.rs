//! Permissions of the instance.

use super::roles::SORT_KEYS;
use crate::http::lists::{ListQuery, Page};
use crate::model::{Permission, Refused};
use crate::{
    http::answer::Answer, json, json::organizations::permission, model::commands::roles as commands,
    model::commands::roles::PermissionParams, server::Clerk,
};
use axum::{Json, extract::Path, extract::Query};
use serde_json::Value;

pub(super) async fn list(clerk: Clerk, Query(query): Query<ListQuery>, Query(page): Query<Page>) -> Answer {
    let (state, text) = (clerk.state(), query.search("query"));
    let is_match = |found: &&Permission| {
        found.id == text || format!("{} {}", found.name.to_lowercase(), found.key).contains(&text)
    };
    let found = state.roles.permissions.iter().filter(is_match).map(permission).collect();
    Ok(page.counted(query.sorted(found, SORT_KEYS)?))
}

pub(super) async fn show(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let state = clerk.state();
    let found = state.roles.permissions.iter().find(|permission| permission.id == id);
    found.map(|found| Json(permission(found))).ok_or_else(Refused::not_found)
}

pub(super) async fn create(clerk: Clerk, Json(params): Json<PermissionParams>) -> Answer {
    clerk.commit(|state| commands::create_permission(state, params)).await.map(to_json)
}

pub(super) async fn update(clerk: Clerk, Path(id): Path<String>, Json(params): Json<PermissionParams>) -> Answer {
    clerk.commit(|state| commands::update_permission(state, &id, params)).await.map(to_json)
}

pub(super) async fn delete(clerk: Clerk, Path(id): Path<String>) -> Answer {
    clerk.commit(|state| commands::delete_permission(state, &id)).await?;
    Ok(Json(json::deleted("permission", &id)))
}

fn to_json(found: Permission) -> Json<Value> {
    Json(permission(&found))
}
