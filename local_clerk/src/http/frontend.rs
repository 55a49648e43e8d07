//! The Frontend API, for browsers: enough for unmodified ClerkJS and its components, and for an
//! application without them. Most answers carry the client beside the response, as Clerk's do.

mod attempts;
mod caller;
mod handshake;
mod invitations;
mod me;
mod organizations;
mod sessions;
mod verification;

use super::packages;
use crate::commands::{sign_ins, sign_ups, tickets};
use crate::server::Clerk;
use attempts::{SIGN_INS, SIGN_UPS};
use axum::Router;
use axum::routing::{MethodFilter, delete, get, patch, post};

pub(super) fn routes() -> Router<Clerk> {
    Router::new()
        .route("/.well-known/jwks.json", get(sessions::jwks))
        .route("/v1/dev_browser", post(sessions::create_dev_browser))
        .route("/v1/environment", get(sessions::environment).patch(sessions::environment))
        .route("/v1/client", get(sessions::show).delete(sessions::end_all))
        .route("/v1/client/handshake", get(handshake::handshake))
        .route("/npm/@clerk/{package}/dist/{file}", get(packages::serve))
        .merge(attempt_routes())
        .merge(session_routes())
        .merge(user_routes())
        .merge(organization_routes())
}

fn attempt_routes() -> Router<Clerk> {
    const PATCH: MethodFilter = MethodFilter::PATCH;
    const POST: MethodFilter = MethodFilter::POST;
    let sign_in = Router::new()
        .route("/", SIGN_INS.show())
        .route("/prepare_first_factor", SIGN_INS.step(POST, sign_ins::prepare_first_factor))
        .route("/attempt_first_factor", SIGN_INS.step(POST, sign_ins::attempt_first_factor))
        // Codes of authenticator apps need no preparation.
        .route("/prepare_second_factor", SIGN_INS.step(POST, |_, sign_in, _| Ok(sign_in)))
        .route("/attempt_second_factor", SIGN_INS.step(POST, sign_ins::attempt_second_factor))
        .route("/reset_password", SIGN_INS.step(POST, sign_ins::reset_password));
    let sign_up = Router::new()
        .route("/", SIGN_UPS.show().merge(SIGN_UPS.step(PATCH, sign_ups::update_sign_up)))
        .route("/prepare_verification", SIGN_UPS.step(POST, sign_ups::prepare_verification))
        .route("/attempt_verification", SIGN_UPS.step(POST, sign_ups::attempt_verification));
    Router::new()
        .route("/v1/client/sign_ins", SIGN_INS.create(tickets::create_any_sign_in))
        .nest("/v1/client/sign_ins/{sign_in}", sign_in)
        .route("/v1/client/sign_ups", SIGN_UPS.create(sign_ups::create_sign_up))
        .nest("/v1/client/sign_ups/{sign_up}", sign_up)
}

fn session_routes() -> Router<Clerk> {
    let session = Router::new()
        .route("/tokens", post(sessions::token))
        .route("/touch", post(sessions::touch))
        .route("/end", post(sessions::end))
        .route("/remove", post(sessions::end))
        .nest("/verify", verification::routes());
    Router::new().route("/v1/client/sessions", delete(sessions::end_all)).nest("/v1/client/sessions/{session}", session)
}

fn user_routes() -> Router<Clerk> {
    let me = Router::new()
        .route("/", get(me::show).patch(me::rename))
        .route("/change_password", post(me::change_password))
        .route("/sessions", get(me::sessions))
        .route("/sessions/active", get(me::active_sessions))
        .route("/sessions/{session}/revoke", post(me::revoke_session))
        .route("/totp", post(me::create_totp).delete(me::remove_totp))
        .route("/totp/attempt_verification", post(me::confirm_totp))
        .route("/organization_memberships", get(organizations::list_own_memberships))
        .route("/organization_memberships/{organization}", delete(organizations::leave))
        .route("/organization_invitations", get(invitations::list_own))
        .route("/organization_invitations/{invitation}/accept", post(invitations::accept))
        .route("/organization_suggestions", get(me::empty_list));
    Router::new().nest("/v1/me", me)
}

fn organization_routes() -> Router<Clerk> {
    let organization = Router::new()
        .route("/", get(organizations::show).patch(organizations::update))
        .route("/roles", get(organizations::roles))
        .route("/domains", get(organizations::empty_list))
        .route("/membership_requests", get(organizations::empty_list))
        .route("/memberships", get(organizations::list_members))
        .route("/memberships/{user}", patch(organizations::change_role).delete(organizations::remove_member))
        .route("/invitations", get(invitations::list).post(invitations::create))
        .route("/invitations/bulk", post(invitations::create))
        .route("/invitations/{invitation}/revoke", post(invitations::revoke));
    Router::new()
        .route("/v1/organizations", post(organizations::create))
        .nest("/v1/organizations/{organization}", organization)
}
