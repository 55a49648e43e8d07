//! People.

use super::Page;
use crate::state::{State as Everything, Status, User};
use crate::{Clerk, answer, objects};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    query: String,
    email_address: Option<String>,
    organization_id: Option<String>,
    user_id: Option<String>,
    banned: Option<bool>,
}

fn matching(state: &Everything, filter: &Filter) -> Vec<Value> {
    let text = filter.query.trim().to_lowercase();
    let fits = |user: &&User| {
        let of_organization = |organization: &String| state.membership(organization, &user.id).is_some();
        format!("{} {} {}", user.name(), user.email, user.id).to_lowercase().contains(&text)
            && filter.email_address.as_ref().is_none_or(|email| *email == user.email)
            && filter.user_id.as_ref().is_none_or(|id| *id == user.id)
            && filter.banned.is_none_or(|banned| banned == user.banned)
            && filter.organization_id.as_ref().is_none_or(of_organization)
    };
    state.users.iter().filter(fits).map(objects::user).collect()
}

pub(super) async fn list(
    State(clerk): State<Clerk>,
    Query(filter): Query<Filter>,
    Query(page): Query<Page>,
) -> Json<Value> {
    Json(page.of(matching(&clerk.state(), &filter)).into())
}

pub(super) async fn count(State(clerk): State<Clerk>, Query(filter): Query<Filter>) -> Json<Value> {
    Json(json!({ "object": "total_count", "total_count": matching(&clerk.state(), &filter).len() }))
}

pub(super) async fn show(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    shown(clerk.state().user(&id).map(objects::user))
}

fn shown(user: Option<Value>) -> Response {
    user.map_or_else(answer::not_found, |user| Json(user).into_response())
}

#[derive(Deserialize)]
pub(super) struct Name {
    first_name: Option<String>,
    last_name: Option<String>,
}

pub(super) async fn change(State(clerk): State<Clerk>, Path(id): Path<String>, Json(name): Json<Name>) -> Response {
    shown(clerk.change_user(&id, |user| {
        user.first_name = name.first_name.unwrap_or_else(|| user.first_name.clone());
        user.last_name = name.last_name.unwrap_or_else(|| user.last_name.clone());
    }))
}

/// Ends all sessions of the user as well.
pub(super) async fn ban(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    let banned = clerk.change_user(&id, |user| user.banned = true);
    let sessions: Vec<_> =
        clerk.state().sessions.iter().filter(|session| session.user == id).map(|session| session.id.clone()).collect();
    for session in sessions {
        clerk.end_session(&session, Status::Revoked);
    }
    shown(banned)
}

pub(super) async fn unban(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    shown(clerk.change_user(&id, |user| user.banned = false))
}

pub(super) async fn lock(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    shown(clerk.change_user(&id, |user| user.locked = true))
}

pub(super) async fn unlock(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    shown(clerk.change_user(&id, |user| user.locked = false))
}

pub(super) async fn memberships(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Response {
    let state = clerk.state();
    if state.user(&id).is_none() {
        return answer::not_found();
    }
    page.counted(state.memberships_of(&id).filter_map(|found| objects::membership(&state, found)).collect())
}
