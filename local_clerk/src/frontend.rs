//! The Frontend API, which browsers talk to: enough for unmodified ClerkJS and its components, and for an application without them.
//!
//! Answers carry the browser's state beside the response, as Clerk's do. A browser is known by its cookie `__client`.

mod caller;
mod client;
mod handshake;
mod me;
mod members;
mod organizations;
mod sessions;
mod sign_ins;
mod sign_ups;
mod tickets;
mod totp;
mod verification;

use crate::session::client as client_id;
use crate::state::{PasswordError, Session};
use crate::{Clerk, answer, now_ms};
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};
use axum::{Json, Router};
use serde_json::{Value, json};

pub(crate) fn routes() -> Router<Clerk> {
    Router::new()
        .route("/.well-known/jwks.json", get(jwks))
        .route("/v1/dev_browser", post(client::dev_browser))
        .route("/v1/environment", get(client::environment).patch(client::environment))
        .route("/v1/client", get(client::current).delete(client::end_all))
        .route("/v1/client/handshake", get(handshake::handshake))
        .route("/v1/client/sessions", delete(client::end_all))
        .route("/v1/client/sign_ins", post(sign_ins::create))
        .route("/v1/client/sign_ins/{sign_in}", get(sign_ins::current))
        .route("/v1/client/sign_ins/{sign_in}/prepare_first_factor", post(sign_ins::prepare_first_factor))
        .route("/v1/client/sign_ins/{sign_in}/attempt_first_factor", post(sign_ins::attempt_first_factor))
        .route("/v1/client/sign_ins/{sign_in}/prepare_second_factor", post(sign_ins::current))
        .route("/v1/client/sign_ins/{sign_in}/attempt_second_factor", post(sign_ins::attempt_second_factor))
        .route("/v1/client/sign_ins/{sign_in}/reset_password", post(sign_ins::reset_password))
        .route("/v1/client/sign_ups", post(sign_ups::create))
        .route("/v1/client/sign_ups/{sign_up}", get(sign_ups::current).patch(sign_ups::change))
        .route("/v1/client/sign_ups/{sign_up}/prepare_verification", post(sign_ups::prepare))
        .route("/v1/client/sign_ups/{sign_up}/attempt_verification", post(sign_ups::attempt))
        .route("/v1/client/sessions/{session}/tokens", post(sessions::token))
        .route("/v1/client/sessions/{session}/touch", post(sessions::touch))
        .route("/v1/client/sessions/{session}/end", post(sessions::end))
        .route("/v1/client/sessions/{session}/remove", post(sessions::end))
        .route("/v1/client/sessions/{session}/verify", post(verification::start))
        .route("/v1/client/sessions/{session}/verify/prepare_first_factor", post(verification::prepare_first_factor))
        .route("/v1/client/sessions/{session}/verify/attempt_first_factor", post(verification::attempt_first_factor))
        .route("/v1/client/sessions/{session}/verify/prepare_second_factor", post(verification::start))
        .route("/v1/client/sessions/{session}/verify/attempt_second_factor", post(verification::attempt_second_factor))
        .route("/v1/me", get(me::show).patch(me::change))
        .route("/v1/me/change_password", post(me::change_password))
        .route("/v1/me/sessions", get(me::sessions))
        .route("/v1/me/sessions/active", get(me::active_sessions))
        .route("/v1/me/sessions/{session}/revoke", post(me::revoke_session))
        .route("/v1/me/totp", post(totp::create).delete(totp::remove))
        .route("/v1/me/totp/attempt_verification", post(totp::attempt))
        .route("/v1/me/organization_memberships", get(me::memberships))
        .route("/v1/me/organization_memberships/{organization}", delete(me::leave))
        .route("/v1/me/organization_invitations", get(me::invitations))
        .route("/v1/me/organization_invitations/{invitation}/accept", post(me::accept))
        .route("/v1/me/organization_suggestions", get(me::nothing))
        .route("/npm/@clerk/{package}/dist/{file}", get(crate::packages::serve))
        .merge(organization_routes())
}

fn organization_routes() -> Router<Clerk> {
    Router::new()
        .route("/v1/organizations", post(organizations::create))
        .route("/v1/organizations/{organization}", get(organizations::show).patch(organizations::change))
        .route("/v1/organizations/{organization}/roles", get(organizations::roles))
        .route("/v1/organizations/{organization}/domains", get(organizations::nothing))
        .route("/v1/organizations/{organization}/membership_requests", get(organizations::nothing))
        .route("/v1/organizations/{organization}/memberships", get(members::list))
        .route("/v1/organizations/{organization}/memberships/{user}", patch(members::change).delete(members::remove))
        .route("/v1/organizations/{organization}/invitations", get(members::invitations).post(members::invite))
        .route("/v1/organizations/{organization}/invitations/bulk", post(members::invite))
        .route("/v1/organizations/{organization}/invitations/{invitation}/revoke", post(members::revoke))
}

async fn jwks(State(clerk): State<Clerk>) -> Json<Value> {
    Json(clerk.identity.jwks())
}

/// ClerkJS sends only GET and POST; the method that is meant stands in the query.
pub(crate) fn with_meant_method(mut request: Request) -> Request {
    let meant = request.uri().query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("_method=")));
    let meant = meant.and_then(|method| Method::from_bytes(method.to_ascii_uppercase().as_bytes()).ok());
    if let (&Method::POST, Some(meant @ (Method::PATCH | Method::PUT | Method::DELETE))) = (request.method(), meant) {
        *request.method_mut() = meant;
    }
    request
}

/// The running session in the path, of the browser that asks; nobody reaches another one.
struct Own(Session);

impl FromRequestParts<Clerk> for Own {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, clerk: &Clerk) -> Result<Self, Response> {
        let Path(id) = Path::<String>::from_request_parts(parts, clerk).await.map_err(IntoResponse::into_response)?;
        clerk.session_named(&parts.headers, &id).map(Self).ok_or_else(signed_out)
    }
}

pub(crate) fn refused(error: PasswordError) -> Response {
    refused_with(error, "Email and password do not fit. Try again.")
}

/// With the words for a wrong password.
fn refused_with(error: PasswordError, wrong: &str) -> Response {
    match error {
        PasswordError::Wrong => answer::field_error("form_password_incorrect", "password", wrong),
        PasswordError::Locked => answer::error(StatusCode::FORBIDDEN, "user_locked", "This account is locked."),
        PasswordError::Banned => answer::error(StatusCode::FORBIDDEN, "user_banned", "This account is banned."),
        PasswordError::TooMany => answer::error(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "Too many attempts. Try again in a minute.",
        ),
    }
}

fn signed_out() -> Response {
    answer::error(StatusCode::UNAUTHORIZED, "authentication_invalid", "You are signed out.")
}

/// What was asked for, and the browser as it is now. Who has a session after it gets its name as a cookie that scripts cannot read.
fn with_client(clerk: &Clerk, client: &str, response: &Value) -> Response {
    let (object, remembered) = {
        let state = clerk.state();
        (clerk.client_object(&state, client, now_ms()), !client.is_empty())
    };
    let mut answer = Json(json!({ "response": response, "client": object })).into_response();
    if remembered {
        remember(&mut answer, client);
    }
    answer
}

fn remember(answer: &mut Response, client: &str) {
    let cookie = format!("__client={client}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// The browser's name, or a new one.
fn client_or_new(headers: &HeaderMap) -> String {
    match client_id(headers) {
        "" => format!("client_{}", crate::identity::random_id()),
        known => known.to_owned(),
    }
}
