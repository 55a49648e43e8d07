//! The Frontend API, for browsers: enough for unmodified ClerkJS and its components, and for an
//! application without them. Most answers carry the client beside the response, as Clerk's do.

mod caller;
mod handshake;
mod invitations;
mod me;
mod memberships;
mod organizations;
mod verification;
mod sessions;
mod sign_ins;
mod sign_ups;

use super::packages;
use crate::{model::commands, server::Clerk};
use axum::{Router, routing::MethodFilter, routing::delete, routing::get, routing::patch, routing::post};

pub(super) fn routes() -> Router<Clerk> {
    Router::new()
        .route("/.well-known/jwks.json", get(sessions::jwks))
        .route("/v1/dev_browser", post(sessions::create_dev_browser))
        .route("/v1/environment", get(sessions::environment).patch(sessions::environment))
        .route("/v1/client", get(sessions::show).delete(sessions::end_sessions))
        .route("/v1/client/handshake", get(handshake::handshake))
        .route("/npm/@clerk/{package}/dist/{file}", get(packages::serve))
        .merge(sign_in_routes())
        .merge(session_routes())
        .merge(user_routes())
        .merge(organization_routes())
}

fn sign_in_routes() -> Router<Clerk> {
    const PATCH: MethodFilter = MethodFilter::PATCH;
    const POST: MethodFilter = MethodFilter::POST;
    Router::new()
        .route("/v1/client/sign_ins", post(sign_ins::create))
        .route("/v1/client/sign_ins/{sign_in}", get(sign_ins::show))
        .route(
            "/v1/client/sign_ins/{sign_in}/prepare_first_factor",
            sign_ins::step(commands::sign_ins::prepare_first_factor),
        )
        .route(
            "/v1/client/sign_ins/{sign_in}/attempt_first_factor",
            sign_ins::step(commands::sign_ins::attempt_first_factor),
        )
        .route("/v1/client/sign_ins/{sign_in}/prepare_second_factor", post(sign_ins::show))
        .route(
            "/v1/client/sign_ins/{sign_in}/attempt_second_factor",
            sign_ins::step(commands::sign_ins::attempt_second_factor),
        )
        .route("/v1/client/sign_ins/{sign_in}/reset_password", sign_ins::step(commands::sign_ins::reset_password))
        .route("/v1/client/sign_ups", post(sign_ups::create))
        .route(
            "/v1/client/sign_ups/{sign_up}",
            sign_ups::step(PATCH, commands::sign_ups::update_sign_up).get(sign_ups::show),
        )
        .route(
            "/v1/client/sign_ups/{sign_up}/prepare_verification",
            sign_ups::step(POST, commands::sign_ups::prepare_verification),
        )
        .route(
            "/v1/client/sign_ups/{sign_up}/attempt_verification",
            sign_ups::step(POST, commands::sign_ups::attempt_verification),
        )
}

fn session_routes() -> Router<Clerk> {
    let reverification = Router::new()
        .route("/", post(verification::start))
        .route("/prepare_first_factor", post(verification::prepare_first_factor))
        .route("/attempt_first_factor", post(verification::attempt_first_factor))
        .route("/prepare_second_factor", post(verification::start))
        .route("/attempt_second_factor", post(verification::attempt_second_factor));
    Router::new()
        .route("/v1/client/sessions", delete(sessions::end_sessions))
        .route("/v1/client/sessions/{session}/tokens", post(sessions::token))
        .route("/v1/client/sessions/{session}/touch", post(sessions::touch))
        .route("/v1/client/sessions/{session}/end", post(sessions::end))
        .route("/v1/client/sessions/{session}/remove", post(sessions::end))
        .nest("/v1/client/sessions/{session}/verify", reverification)
}

fn user_routes() -> Router<Clerk> {
    Router::new()
        .route("/v1/me", get(me::show).patch(me::rename))
        .route("/v1/me/change_password", post(me::change_password))
        .route("/v1/me/sessions", get(me::sessions))
        .route("/v1/me/sessions/active", get(me::active_sessions))
        .route("/v1/me/sessions/{session}/revoke", post(me::revoke_session))
        .route("/v1/me/totp", post(verification::create).delete(verification::remove))
        .route("/v1/me/totp/attempt_verification", post(verification::attempt_verification))
        .route("/v1/me/organization_memberships", get(memberships::list_own))
        .route("/v1/me/organization_memberships/{organization}", delete(memberships::leave))
        .route("/v1/me/organization_invitations", get(invitations::list_own))
        .route("/v1/me/organization_invitations/{invitation}/accept", post(invitations::accept))
        .route("/v1/me/organization_suggestions", get(me::empty_list))
}

fn organization_routes() -> Router<Clerk> {
    Router::new()
        .route("/v1/organizations", post(organizations::create))
        .route("/v1/organizations/{organization}", get(organizations::show).patch(organizations::update))
        .route("/v1/organizations/{organization}/roles", get(organizations::roles))
        .route("/v1/organizations/{organization}/domains", get(organizations::empty_list))
        .route("/v1/organizations/{organization}/membership_requests", get(organizations::empty_list))
        .route("/v1/organizations/{organization}/memberships", get(memberships::list))
        .route(
            "/v1/organizations/{organization}/memberships/{user}",
            patch(memberships::change_role).delete(memberships::remove),
        )
        .route("/v1/organizations/{organization}/invitations", get(invitations::list).post(invitations::create))
        .route("/v1/organizations/{organization}/invitations/bulk", post(invitations::create))
        .route("/v1/organizations/{organization}/invitations/{invitation}/revoke", post(invitations::revoke))
}
