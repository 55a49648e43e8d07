//! Roles of the instance, and the permissions that they grant.

use crate::http::lists::{ListQuery, Page, SortKeys};
use crate::model::{Refused, Role, RoleDetails};
use crate::{
    http::answer::Answer, json, json::organizations::role, model::commands::roles as commands,
    model::commands::roles::RoleParams, server::Clerk,
};
use axum::{Json, extract::Path, extract::Query};
use serde_json::Value;

pub(super) const SORT_KEYS: &SortKeys = &[("created_at", "/created_at"), ("name", "/name"), ("key", "/key")];

pub(super) async fn list(clerk: Clerk, Query(query): Query<ListQuery>, Query(page): Query<Page>) -> Answer {
    let (state, text) = (clerk.state(), query.search("query"));
    let is_match =
        |role: &&Role| role.id == text || format!("{} org:{}", role.name.to_lowercase(), role.key).contains(&text);
    let found = state.roles.roles.iter().filter(is_match).map(|found| role(&state.role_details(found))).collect();
    Ok(page.counted(query.sorted(found, SORT_KEYS)?))
}

pub(super) async fn show(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let state = clerk.state();
    let found = state.roles.roles.iter().find(|role| role.id == id).ok_or_else(Refused::not_found)?;
    Ok(to_json(state.role_details(found)))
}

pub(super) async fn create(clerk: Clerk, Json(params): Json<RoleParams>) -> Answer {
    clerk.commit(|state| commands::create_role(state, params)).await.map(to_json)
}

pub(super) async fn update(clerk: Clerk, Path(id): Path<String>, Json(params): Json<RoleParams>) -> Answer {
    clerk.commit(|state| commands::update_role(state, &id, params)).await.map(to_json)
}

pub(super) async fn grant(clerk: Clerk, Path((id, permission)): Path<(String, String)>) -> Answer {
    clerk.commit(|state| commands::grant_permission(state, &id, &permission)).await.map(to_json)
}

pub(super) async fn withdraw(clerk: Clerk, Path((id, permission)): Path<(String, String)>) -> Answer {
    clerk.commit(|state| commands::withdraw_permission(state, &id, &permission)).await.map(to_json)
}

pub(super) async fn delete(clerk: Clerk, Path(id): Path<String>) -> Answer {
    clerk.commit(|state| commands::delete_role(state, &id)).await?;
    Ok(Json(json::deleted("role", &id)))
}

fn to_json(details: RoleDetails) -> Json<Value> {
    Json(role(&details))
}
