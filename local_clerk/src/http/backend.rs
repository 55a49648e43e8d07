//! The Backend API, for applications that have the secret key.

mod instance;
mod invitations;
mod memberships;
mod organizations;
mod permissions;
mod roles;
mod sessions;
mod tickets;
mod users;

use super::fault_injection;
use crate::{model::commands::users as commands, server::Clerk};
use axum::{Router, middleware::from_fn_with_state, routing::get, routing::patch, routing::post};

pub(super) fn routes(clerk: &Clerk) -> Router<Clerk> {
    Router::new()
        .merge(test_tool_routes())
        .merge(user_routes())
        .merge(organization_routes())
        .merge(role_routes())
        .merge(session_routes())
        .route("/v1/jwks", get(instance::jwks))
        .route("/v1/clients/handshake_payload", get(instance::handshake_payload))
        .route_layer(from_fn_with_state(clerk.clone(), instance::require_secret_key))
        .route_layer(from_fn_with_state(clerk.clone(), fault_injection::in_backend))
}

fn test_tool_routes() -> Router<Clerk> {
    Router::new()
        .route("/_local/faults", get(instance::show_faults).put(instance::set_faults))
        .route("/_local/clock", post(instance::advance_clock))
        .route("/_local/webhooks", get(instance::list_webhooks))
        .route("/_local/webhooks/{message}/replay", post(instance::replay_webhook))
}

fn user_routes() -> Router<Clerk> {
    Router::new()
        .route("/v1/users", get(users::list).post(users::create))
        .route("/v1/users/count", get(users::count))
        .route("/v1/users/{user}", get(users::show).patch(users::rename).delete(users::delete))
        .route("/v1/users/{user}/metadata", patch(users::update_metadata))
        .route("/v1/users/{user}/ban", users::route_of(commands::ban_user))
        .route("/v1/users/{user}/unban", users::route_of(commands::unban_user))
        .route("/v1/users/{user}/lock", users::route_of(commands::lock_user))
        .route("/v1/users/{user}/unlock", users::route_of(commands::unlock_user))
        .route("/v1/users/{user}/organization_memberships", get(users::memberships))
}

fn organization_routes() -> Router<Clerk> {
    Router::new()
        .route("/v1/organizations", get(organizations::list).post(organizations::create))
        .route(
            "/v1/organizations/{organization}",
            get(organizations::show).patch(organizations::update).delete(organizations::delete),
        )
        .route("/v1/organizations/{organization}/memberships", get(memberships::list).post(memberships::create))
        .route(
            "/v1/organizations/{organization}/memberships/{user}",
            patch(memberships::change_role).delete(memberships::delete),
        )
        .route("/v1/organizations/{organization}/invitations", get(invitations::list).post(invitations::create))
        .route("/v1/organizations/{organization}/invitations/bulk", post(invitations::create_bulk))
        .route("/v1/organizations/{organization}/invitations/{invitation}", get(invitations::show))
        .route("/v1/organizations/{organization}/invitations/{invitation}/revoke", post(invitations::revoke))
        .route("/v1/invitations", get(invitations::list_of_instance).post(invitations::create_of_instance))
        .route("/v1/invitations/{invitation}/revoke", post(invitations::revoke_of_instance))
}

fn role_routes() -> Router<Clerk> {
    Router::new()
        .route("/v1/organization_roles", get(roles::list).post(roles::create))
        .route("/v1/organization_roles/{role}", get(roles::show).patch(roles::update).delete(roles::delete))
        .route("/v1/organization_roles/{role}/permissions/{permission}", post(roles::grant).delete(roles::withdraw))
        .route("/v1/organization_permissions", get(permissions::list).post(permissions::create))
        .route(
            "/v1/organization_permissions/{permission}",
            get(permissions::show).patch(permissions::update).delete(permissions::delete),
        )
}

fn session_routes() -> Router<Clerk> {
    Router::new()
        .route("/v1/sign_in_tokens", post(tickets::create_sign_in_token))
        .route("/v1/sign_in_tokens/{ticket}/revoke", post(tickets::revoke_sign_in_token))
        .route("/v1/actor_tokens", post(tickets::create_actor_token))
        .route("/v1/actor_tokens/{ticket}/revoke", post(tickets::revoke_actor_token))
        .route("/v1/sessions", get(sessions::list).post(sessions::create))
        .route("/v1/sessions/{session}", get(sessions::show))
        .route("/v1/sessions/{session}/revoke", post(sessions::revoke))
        .route("/v1/sessions/{session}/refresh", post(sessions::refresh))
        .route("/v1/sessions/{session}/tokens", post(sessions::token))
        .route("/v1/sessions/{session}/tokens/{template}", post(sessions::template_token))
}
