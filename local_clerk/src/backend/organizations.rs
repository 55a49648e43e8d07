//! Organizations and who belongs to them.

use super::Page;
use crate::state::Membership;
use crate::webhooks::Change;
use crate::{Clerk, answer, now_ms, objects};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

pub(super) async fn list(State(clerk): State<Clerk>, Query(page): Query<Page>) -> Response {
    let state = clerk.state();
    page.counted(state.organizations.iter().map(|found| objects::organization(&state, found)).collect())
}

pub(super) async fn show(State(clerk): State<Clerk>, Path(name): Path<String>) -> Response {
    let state = clerk.state();
    let found = state.organization(&name).map(|found| objects::organization(&state, found));
    found.map_or_else(answer::not_found, |found| Json(found).into_response())
}

#[derive(Deserialize)]
pub(super) struct Name {
    name: String,
}

pub(super) async fn rename(State(clerk): State<Clerk>, Path(id): Path<String>, Json(asked): Json<Name>) -> Response {
    let object = {
        let mut state = clerk.state();
        let Some(found) = state.organizations.iter_mut().find(|found| found.id == id) else {
            return answer::not_found();
        };
        (found.name, found.updated_at) = (asked.name, now_ms());
        let found = found.clone();
        clerk.webhooks.organization(&state, &found, Change::Updated);
        objects::organization(&state, &found)
    };
    clerk.save();
    Json(object).into_response()
}

pub(super) async fn memberships(
    State(clerk): State<Clerk>,
    Path(organization): Path<String>,
    Query(page): Query<Page>,
) -> Response {
    let state = clerk.state();
    if state.organization(&organization).is_none() {
        return answer::not_found();
    }
    let of_it = state.memberships.iter().filter(|membership| membership.organization == organization);
    page.counted(of_it.filter_map(|membership| objects::membership(&state, membership)).collect())
}

#[derive(Deserialize)]
pub(super) struct Role {
    role: String,
}

#[derive(Deserialize)]
pub(super) struct Member {
    user_id: String,
    role: String,
}

#[expect(clippy::result_large_err, reason = "a refusal is an answer")]
fn role(text: &str) -> Result<String, Response> {
    let role = text.trim_start_matches("org:");
    if objects::ROLES.contains(&role) {
        return Ok(role.to_owned());
    }
    Err(answer::error(StatusCode::UNPROCESSABLE_ENTITY, "form_param_value_invalid", "There is no such role."))
}

pub(super) async fn add_member(
    State(clerk): State<Clerk>,
    Path(organization): Path<String>,
    Json(asked): Json<Member>,
) -> Response {
    let role = match role(&asked.role) {
        Ok(role) => role,
        Err(refused) => return refused,
    };
    let now_ms = now_ms();
    let member = Membership { organization, user: asked.user_id, role, created_at: now_ms, updated_at: now_ms };
    let object = {
        let mut state = clerk.state();
        if state.membership(&member.organization, &member.user).is_some() {
            let text = "They are a member already.";
            return answer::error(StatusCode::BAD_REQUEST, "already_a_member_in_organization", text);
        }
        let Some(object) = objects::membership(&state, &member) else { return answer::not_found() };
        state.memberships.push(member);
        clerk.webhooks.membership(&object, Change::Created);
        object
    };
    clerk.save();
    Json(object).into_response()
}

pub(super) async fn change_role(
    State(clerk): State<Clerk>,
    Path((organization, user)): Path<(String, String)>,
    Json(asked): Json<Role>,
) -> Response {
    let role = match role(&asked.role) {
        Ok(role) => role,
        Err(refused) => return refused,
    };
    change(&clerk, &organization, &user, Change::Updated, |membership| {
        (membership.role, membership.updated_at) = (role, now_ms());
    })
}

pub(super) async fn remove_member(
    State(clerk): State<Clerk>,
    Path((organization, user)): Path<(String, String)>,
) -> Response {
    change(&clerk, &organization, &user, Change::Deleted, |_| {})
}

fn change(
    clerk: &Clerk,
    organization: &str,
    user: &str,
    kind: Change,
    change: impl FnOnce(&mut Membership),
) -> Response {
    let object = {
        let mut state = clerk.state();
        let is_it = |membership: &Membership| membership.organization == organization && membership.user == user;
        let Some(place) = state.memberships.iter().position(is_it) else { return answer::not_found() };
        if let Some(membership) = state.memberships.get_mut(place) {
            change(membership);
        }
        let object = state.memberships.get(place).and_then(|membership| objects::membership(&state, membership));
        let Some(object) = object else { return answer::not_found() };
        if kind == Change::Deleted {
            state.memberships.remove(place);
        }
        clerk.webhooks.membership(&object, kind);
        object
    };
    clerk.save();
    Json(object).into_response()
}
