//! The Frontend API, which browsers talk to: enough for unmodified ClerkJS and its components, and for an application without them.
//!
//! Answers carry the browser's state beside the response, as Clerk's do. A browser is known by its cookie `__client`.

mod client;
mod handshake;
mod me;
mod sessions;
mod sign_ins;

use crate::session::client as client_id;
use crate::state::Session;
use crate::{Clerk, answer, now_ms};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
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
        .route("/v1/client/sign_ins/{sign_in}/prepare_first_factor", post(sign_ins::current))
        .route("/v1/client/sign_ins/{sign_in}/attempt_first_factor", post(sign_ins::attempt_first_factor))
        .route("/v1/client/sign_ins/{sign_in}/prepare_second_factor", post(sign_ins::current))
        .route("/v1/client/sign_ins/{sign_in}/attempt_second_factor", post(sign_ins::attempt_second_factor))
        .route("/v1/client/sessions/{session}/tokens", post(sessions::token))
        .route("/v1/client/sessions/{session}/touch", post(sessions::touch))
        .route("/v1/client/sessions/{session}/end", post(sessions::end))
        .route("/v1/client/sessions/{session}/remove", post(sessions::end))
        .route("/v1/client/sessions/{session}/verify", post(sessions::start_verification))
        .route("/v1/client/sessions/{session}/verify/attempt_first_factor", post(sessions::attempt_first_factor))
        .route("/v1/client/sessions/{session}/verify/prepare_second_factor", post(sessions::start_verification))
        .route("/v1/client/sessions/{session}/verify/attempt_second_factor", post(sessions::attempt_second_factor))
        .route("/v1/me", get(me::show).patch(me::change))
        .route("/v1/me/change_password", post(me::change_password))
        .route("/v1/me/sessions", get(me::sessions))
        .route("/v1/me/sessions/active", get(me::sessions))
        .route("/v1/me/organization_memberships", get(me::memberships))
        .route("/v1/me/organization_invitations", get(me::nothing))
        .route("/v1/me/organization_suggestions", get(me::nothing))
        .route("/npm/@clerk/{package}/dist/{file}", get(crate::packages::serve))
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

/// The running session in the path, if it belongs to the browser that asks.
#[expect(clippy::result_large_err, reason = "a refusal is an answer")]
fn own(clerk: &Clerk, headers: &HeaderMap, id: &str) -> Result<Session, Response> {
    let own = clerk.session(headers).filter(|session| session.id == id);
    own.ok_or_else(signed_out)
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
