//! The Backend API, as far as the dashboard uses it. Only for whoever has the secret key.

use crate::state::{Status, User};
use crate::{Clerk, answer, now_ms, tokens, webhooks};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes(clerk: &Clerk) -> Router<Clerk> {
    Router::new()
        .route("/v1/jwks", get(jwks))
        .route("/v1/users", get(users))
        .route("/v1/users/{user}", get(user))
        .route("/v1/organizations/{organization}", patch(rename))
        .route("/v1/organizations/{organization}/memberships", get(memberships))
        .route("/v1/organizations/{organization}/memberships/{user}", patch(change_role))
        .route("/v1/sessions/{session}/revoke", post(revoke))
        .layer(from_fn_with_state(clerk.clone(), needs_secret_key))
}

async fn needs_secret_key(State(clerk): State<Clerk>, request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.strip_prefix("Bearer "));
    let known = given
        .is_some_and(|given| verify_slices_are_equal(given.as_bytes(), clerk.identity.secret_key.as_bytes()).is_ok());
    if known {
        next.run(request).await
    } else {
        answer::error(StatusCode::UNAUTHORIZED, "clerk_key_invalid", "The secret key is not valid.")
    }
}

async fn jwks(State(clerk): State<Clerk>) -> Json<Value> {
    Json(clerk.identity.jwks())
}

async fn users(State(clerk): State<Clerk>) -> Json<Value> {
    Json(clerk.state().users.iter().map(webhooks::user_object).collect())
}

async fn user(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    clerk.state().user(&id).map(webhooks::user_object).map_or_else(answer::not_found, |user| Json(user).into_response())
}

async fn memberships(State(clerk): State<Clerk>, Path(organization): Path<String>) -> Response {
    let state = clerk.state();
    if organization != state.organization.id {
        return answer::not_found();
    }
    let list: Vec<_> = state.users.iter().map(|user| webhooks::membership_object(&state, user)).collect();
    Json(json!({ "total_count": list.len(), "data": list })).into_response()
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

async fn rename(State(clerk): State<Clerk>, Path(organization): Path<String>, Json(asked): Json<Name>) -> Response {
    let object = {
        let mut state = clerk.state();
        if organization != state.organization.id {
            return answer::not_found();
        }
        state.organization.name = asked.name;
        state.organization.updated_at = now_ms();
        clerk.webhooks.organization(&state);
        webhooks::organization_object(&state)
    };
    clerk.save();
    Json(object).into_response()
}

#[derive(Deserialize)]
struct Role {
    role: String,
}

/// Roles of the instance, without `org:`.
const ROLES: [&str; 5] = ["admin", "editor", "viewer", "billing", "member"];

async fn change_role(
    State(clerk): State<Clerk>,
    Path((organization, id)): Path<(String, String)>,
    Json(asked): Json<Role>,
) -> Response {
    let role = asked.role.trim_start_matches("org:");
    if !ROLES.contains(&role) {
        return answer::error(StatusCode::UNPROCESSABLE_ENTITY, "form_param_value_invalid", "There is no such role.");
    }
    let object = {
        let mut state = clerk.state();
        let ours = organization == state.organization.id;
        let Some(user) = state.users.iter_mut().find(|user| user.id == id && ours) else { return answer::not_found() };
        role.clone_into(&mut user.role);
        user.role_updated_at = now_ms();
        let user: User = user.clone();
        clerk.webhooks.membership(&state, &user);
        webhooks::membership_object(&state, &user)
    };
    clerk.save();
    Json(object).into_response()
}

async fn revoke(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    match clerk.end_session(&id, Status::Revoked) {
        Some(session) => Json(tokens::session_object(&clerk.state(), &session)).into_response(),
        None => answer::not_found(),
    }
}
