//! The Backend API, which applications talk to. Only for whoever has the secret key.

mod invitations;
mod lists;
mod organizations;
mod permissions;
mod refresh;
mod removal;
mod roles;
mod sessions;
mod tickets;
mod users;

use crate::webhooks::journal;
use crate::{Clerk, answer, clock, faults};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes(clerk: &Clerk) -> Router<Clerk> {
    Router::new()
        .route("/_local/faults", get(faults::show).put(faults::set))
        .route("/_local/clock", post(clock::forward))
        .route("/_local/webhooks", get(journal::list))
        .route("/_local/webhooks/{message}/replay", post(journal::replay))
        .merge(instance_routes())
        .route("/v1/jwks", get(jwks))
        .route("/v1/clients/handshake_payload", get(handshake_payload))
        .route("/v1/users", get(users::list).post(users::create))
        .route("/v1/users/count", get(users::count))
        .route("/v1/users/{user}", get(users::show).patch(users::change).delete(removal::user))
        .route("/v1/users/{user}/metadata", patch(users::change_metadata))
        .route("/v1/users/{user}/ban", post(users::ban))
        .route("/v1/users/{user}/unban", post(users::unban))
        .route("/v1/users/{user}/lock", post(users::lock))
        .route("/v1/users/{user}/unlock", post(users::unlock))
        .route("/v1/users/{user}/organization_memberships", get(users::memberships))
        .route("/v1/organizations", get(organizations::list).post(organizations::create))
        .route(
            "/v1/organizations/{organization}",
            get(organizations::show).patch(organizations::change_it).delete(removal::organization),
        )
        .route(
            "/v1/organizations/{organization}/memberships",
            get(organizations::memberships).post(organizations::add_member),
        )
        .route(
            "/v1/organizations/{organization}/memberships/{user}",
            patch(organizations::change_role).delete(organizations::remove_member),
        )
        .merge(invitation_routes())
        .route("/v1/sign_in_tokens", post(tickets::create_sign_in))
        .route("/v1/sign_in_tokens/{ticket}/revoke", post(tickets::revoke_sign_in))
        .route("/v1/actor_tokens", post(tickets::create_actor))
        .route("/v1/actor_tokens/{ticket}/revoke", post(tickets::revoke_actor))
        .route("/v1/sessions", get(sessions::list).post(sessions::create))
        .route("/v1/sessions/{session}", get(sessions::show))
        .route("/v1/sessions/{session}/revoke", post(sessions::revoke))
        .route("/v1/sessions/{session}/refresh", post(refresh::refresh))
        .route("/v1/sessions/{session}/tokens", post(sessions::token))
        .route("/v1/sessions/{session}/tokens/{template}", post(sessions::template_token))
        .route_layer(from_fn_with_state(clerk.clone(), needs_secret_key))
        .route_layer(from_fn_with_state(clerk.clone(), faults::of_backend))
}

fn invitation_routes() -> Router<Clerk> {
    Router::new()
        .route("/v1/organizations/{organization}/invitations", get(invitations::list).post(invitations::create))
        .route("/v1/organizations/{organization}/invitations/bulk", post(invitations::create_bulk))
        .route("/v1/organizations/{organization}/invitations/{invitation}", get(invitations::show))
        .route("/v1/organizations/{organization}/invitations/{invitation}/revoke", post(invitations::revoke))
        .route("/v1/invitations", get(invitations::list_of_instance).post(invitations::create_of_instance))
        .route("/v1/invitations/{invitation}/revoke", post(invitations::revoke_of_instance))
}

/// What the instance offers its organizations.
fn instance_routes() -> Router<Clerk> {
    Router::new()
        .route("/v1/organization_roles", get(roles::list).post(roles::create))
        .route("/v1/organization_roles/{role}", get(roles::show).patch(roles::change).delete(roles::delete))
        .route("/v1/organization_roles/{role}/permissions/{permission}", post(roles::grant).delete(roles::withdraw))
        .route("/v1/organization_permissions", get(permissions::list).post(permissions::create))
        .route(
            "/v1/organization_permissions/{permission}",
            get(permissions::show).patch(permissions::change).delete(permissions::delete),
        )
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

#[derive(Deserialize)]
struct Nonce {
    nonce: String,
}

/// Each nonce once.
async fn handshake_payload(State(clerk): State<Clerk>, Query(asked): Query<Nonce>) -> Response {
    let directives = clerk.state().flows.reveal(&asked.nonce, crate::now_ms());
    match directives {
        Some(directives) => Json(json!({ "directives": directives })).into_response(),
        None => answer::not_found(),
    }
}

/// The part of a list that is asked for: `limit` (10, at most 500) and `offset`.
#[derive(Deserialize)]
pub(crate) struct Page {
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
}

impl Page {
    fn of(&self, list: Vec<Value>) -> Vec<Value> {
        list.into_iter().skip(self.offset).take(self.limit.unwrap_or(10).clamp(1, 500)).collect()
    }

    fn counted(&self, list: Vec<Value>) -> Response {
        let total = list.len();
        Json(json!({ "data": self.of(list), "total_count": total })).into_response()
    }
}
