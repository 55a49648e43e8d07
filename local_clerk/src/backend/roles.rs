//! Roles of the instance, and what they grant.

use super::Page;
use super::lists::{Asked, Keys};
use crate::roles::{Role, Roles, is_key, new_id};
use crate::state::State as Everything;
use crate::webhooks::Change;
use crate::{Clerk, answer, now_ms, objects};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

pub(super) const KEYS: &Keys = &[("created_at", "/created_at"), ("name", "/name"), ("key", "/key")];

pub(super) async fn list(State(clerk): State<Clerk>, Query(asked): Query<Asked>, Query(page): Query<Page>) -> Response {
    let (state, text) = (clerk.state(), asked.text("query"));
    let fits =
        |role: &&Role| role.id == text || format!("{} org:{}", role.name.to_lowercase(), role.key).contains(&text);
    let found = state.roles.roles.iter().filter(fits).map(|role| objects::role(&state.roles, role)).collect();
    asked.ordered(found, KEYS).map_or_else(|refused| refused, |list| page.counted(list))
}

pub(super) async fn show(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    let state = clerk.state();
    let found = state.roles.roles.iter().find(|role| role.id == id);
    found.map_or_else(answer::not_found, |role| Json(objects::role(&state.roles, role)).into_response())
}

/// What a role is to be; absent is as it is.
#[derive(Default, Deserialize)]
pub(super) struct Wanted {
    name: Option<String>,
    key: Option<String>,
    description: Option<String>,
    /// Ids.
    permissions: Option<Vec<String>>,
}

#[expect(clippy::result_large_err, reason = "a refusal is an answer")]
impl Wanted {
    fn check(&self, roles: &Roles, own: &str) -> Result<(), Response> {
        if let Some(key) = &self.key {
            if !is_key(key, 1) {
                let text = "A key is org: and small letters, digits and underscores.";
                return Err(answer::field_error("form_param_format_invalid", "key", text));
            }
            if roles.role(key).is_some_and(|role| role.id != own) {
                return Err(answer::field_error("duplicate_record", "key", "Another role has this key."));
            }
        }
        let known = |id: &String| roles.permissions.iter().any(|permission| permission.id == *id);
        if self.permissions.iter().flatten().all(known) {
            return Ok(());
        }
        Err(answer::field_error("form_param_value_invalid", "permissions", "There is no such permission."))
    }

    fn apply(self, role: &mut Role) {
        role.name = self.name.unwrap_or_else(|| role.name.clone());
        role.key = self.key.map_or_else(|| role.key.clone(), |key| key.trim_start_matches("org:").to_owned());
        role.description = self.description.or(role.description.take());
        role.permissions = self.permissions.unwrap_or_else(|| role.permissions.clone());
    }
}

pub(super) async fn create(State(clerk): State<Clerk>, Json(wanted): Json<Wanted>) -> Response {
    let (Some(name), Some(_)) = (&wanted.name, &wanted.key) else {
        return answer::field_error("form_param_missing", "key", "A role has a name and a key.");
    };
    let now_ms = now_ms();
    let mut role = Role {
        id: new_id("role"),
        key: String::new(),
        name: name.clone(),
        description: None,
        creator_eligible: false,
        permissions: Vec::new(),
        created_at: now_ms,
        updated_at: now_ms,
    };
    let object = {
        let mut state = clerk.state();
        if let Err(refused) = wanted.check(&state.roles, &role.id) {
            return refused;
        }
        wanted.apply(&mut role);
        state.roles.roles.push(role.clone());
        clerk.webhooks.role(&state.roles, &role, Change::Created);
        objects::role(&state.roles, &role)
    };
    clerk.save();
    Json(object).into_response()
}

/// A new key goes to everybody who has the role.
pub(super) async fn change(State(clerk): State<Clerk>, Path(id): Path<String>, Json(wanted): Json<Wanted>) -> Response {
    changed(&clerk, &id, |role, roles| match wanted.check(roles, &role.id) {
        Ok(()) => {
            wanted.apply(role);
            None
        }
        Err(refused) => Some(refused),
    })
}

pub(super) async fn grant(State(clerk): State<Clerk>, Path((id, permission)): Path<(String, String)>) -> Response {
    changed(&clerk, &id, |role, roles| {
        let Some(granted) = roles.permission(&permission) else { return Some(answer::not_found()) };
        if !role.permissions.contains(&granted.id) {
            role.permissions.push(granted.id.clone());
        }
        None
    })
}

pub(super) async fn withdraw(State(clerk): State<Clerk>, Path((id, permission)): Path<(String, String)>) -> Response {
    changed(&clerk, &id, |role, _| {
        let before = role.permissions.len();
        role.permissions.retain(|granted| *granted != permission);
        (role.permissions.len() == before).then(answer::not_found)
    })
}

/// `change` gives back a refusal, if it refuses.
fn changed(clerk: &Clerk, id: &str, change: impl FnOnce(&mut Role, &Roles) -> Option<Response>) -> Response {
    let object = {
        let mut state = clerk.state();
        let Some(place) = state.roles.roles.iter().position(|role| role.id == id) else { return answer::not_found() };
        let Some(before) = state.roles.roles.get(place).cloned() else { return answer::not_found() };
        let mut role = before.clone();
        if let Some(refused) = change(&mut role, &state.roles) {
            return refused;
        }
        role.updated_at = now_ms();
        for membership in state.memberships.iter_mut().filter(|membership| membership.role == before.key) {
            membership.role.clone_from(&role.key);
        }
        if let Some(kept) = state.roles.roles.get_mut(place) {
            kept.clone_from(&role);
        }
        clerk.webhooks.role(&state.roles, &role, Change::Updated);
        objects::role(&state.roles, &role)
    };
    clerk.save();
    Json(object).into_response()
}

/// Whether somebody has it, or will have it once they accept.
fn is_had(state: &Everything, role: &str) -> bool {
    state.memberships.iter().any(|membership| membership.role == role)
        || state.invitations.iter().any(|invitation| invitation.is_pending() && invitation.role == role)
}

/// Not while somebody has it, and not the last one for who makes an organization.
pub(super) async fn delete(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    let object = objects::deleted("role", &id);
    {
        let mut state = clerk.state();
        let Some(role) = state.roles.roles.iter().find(|role| role.id == id) else { return answer::not_found() };
        if role.creator_eligible || is_had(&state, &role.key) {
            return answer::field_error("form_param_value_invalid", "role", "This role is in use.");
        }
        state.roles.roles.retain(|role| role.id != id);
        clerk.webhooks.gone("role", &object);
    }
    clerk.save();
    Json(object).into_response()
}
