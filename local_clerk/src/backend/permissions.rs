//! Permissions of the instance.

use super::Page;
use super::lists::Asked;
use super::roles::KEYS;
use crate::roles::{Permission, Roles, is_key, new_id};
use crate::webhooks::Change;
use crate::{Clerk, answer, now_ms, objects};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

pub(super) async fn list(State(clerk): State<Clerk>, Query(asked): Query<Asked>, Query(page): Query<Page>) -> Response {
    let (state, text) = (clerk.state(), asked.text("query"));
    let fits = |permission: &&Permission| {
        permission.id == text || format!("{} {}", permission.name.to_lowercase(), permission.key).contains(&text)
    };
    let found = state.roles.permissions.iter().filter(fits).map(objects::permission).collect();
    asked.ordered(found, KEYS).map_or_else(|refused| refused, |list| page.counted(list))
}

pub(super) async fn show(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    let state = clerk.state();
    let found = state.roles.permissions.iter().find(|permission| permission.id == id);
    found.map_or_else(answer::not_found, |found| Json(objects::permission(found)).into_response())
}

/// What a permission is to be; absent is as it is.
#[derive(Default, Deserialize)]
pub(super) struct Wanted {
    name: Option<String>,
    key: Option<String>,
    description: Option<String>,
}

impl Wanted {
    #[expect(clippy::result_large_err, reason = "a refusal is an answer")]
    fn check(&self, roles: &Roles, own: &str) -> Result<(), Response> {
        let Some(key) = &self.key else { return Ok(()) };
        if !is_key(key, 2) || key.starts_with("org:sys_") {
            let text = "A key is org:feature:action in small letters, digits and underscores; org:sys_ is Clerk's own.";
            return Err(answer::field_error("form_param_format_invalid", "key", text));
        }
        if roles.permission(key).is_some_and(|permission| permission.id != own) {
            return Err(answer::field_error("duplicate_record", "key", "Another permission has this key."));
        }
        Ok(())
    }

    fn apply(self, permission: &mut Permission) {
        permission.name = self.name.unwrap_or_else(|| permission.name.clone());
        permission.key = self.key.unwrap_or_else(|| permission.key.clone());
        permission.description = self.description.unwrap_or_else(|| permission.description.clone());
    }
}

pub(super) async fn create(State(clerk): State<Clerk>, Json(wanted): Json<Wanted>) -> Response {
    if wanted.name.is_none() || wanted.key.is_none() {
        return answer::field_error("form_param_missing", "key", "A permission has a name and a key.");
    }
    let now_ms = now_ms();
    let mut permission = Permission {
        id: new_id("perm"),
        key: String::new(),
        name: String::new(),
        description: String::new(),
        created_at: now_ms,
        updated_at: now_ms,
    };
    {
        let mut state = clerk.state();
        if let Err(refused) = wanted.check(&state.roles, &permission.id) {
            return refused;
        }
        wanted.apply(&mut permission);
        state.roles.permissions.push(permission.clone());
        clerk.webhooks.permission(&permission, Change::Created);
    }
    clerk.save();
    Json(objects::permission(&permission)).into_response()
}

fn system() -> Response {
    let text = "Clerk's own permissions stay as they are.";
    answer::error(StatusCode::FORBIDDEN, "organization_permission_system", text)
}

pub(super) async fn change(State(clerk): State<Clerk>, Path(id): Path<String>, Json(wanted): Json<Wanted>) -> Response {
    let changed = {
        let mut state = clerk.state();
        if let Err(refused) = wanted.check(&state.roles, &id) {
            return refused;
        }
        let found = state.roles.permissions.iter_mut().find(|permission| permission.id == id);
        let Some(permission) = found else { return answer::not_found() };
        if permission.is_system() {
            return system();
        }
        wanted.apply(permission);
        permission.updated_at = now_ms();
        clerk.webhooks.permission(permission, Change::Updated);
        permission.clone()
    };
    clerk.save();
    Json(objects::permission(&changed)).into_response()
}

/// Roles lose it.
pub(super) async fn delete(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    let object = objects::deleted("permission", &id);
    {
        let mut state = clerk.state();
        match state.roles.permissions.iter().find(|permission| permission.id == id) {
            None => return answer::not_found(),
            Some(permission) if permission.is_system() => return system(),
            Some(_) => {}
        }
        state.roles.permissions.retain(|permission| permission.id != id);
        state.roles.roles.iter_mut().for_each(|role| role.permissions.retain(|granted| *granted != id));
        clerk.webhooks.gone("permission", &object);
    }
    clerk.save();
    Json(object).into_response()
}
