//! The Frontend API, as far as an application without ClerkJS uses it: keys, handshake, tokens, step-up, sign-out.

use crate::session::client;
use crate::state::{PasswordError, Session, Status};
use crate::{Clerk, answer, guard, now_ms, tokens};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Form, Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes() -> Router<Clerk> {
    Router::new()
        .route("/.well-known/jwks.json", get(jwks))
        .route("/v1/client", get(current))
        .route("/v1/client/handshake", get(handshake))
        .route("/v1/client/sessions", delete(end_all))
        .route("/v1/client/sessions/{session}/tokens", post(token))
        .route("/v1/client/sessions/{session}/touch", post(touch))
        .route("/v1/client/sessions/{session}/end", post(end))
        .route("/v1/client/sessions/{session}/verify", post(start_verification))
        .route("/v1/client/sessions/{session}/verify/attempt_first_factor", post(attempt_first_factor))
}

async fn jwks(State(clerk): State<Clerk>) -> Json<Value> {
    Json(clerk.identity.jwks())
}

/// The session in the path, if it is the running one of the browser that asks.
#[expect(clippy::result_large_err, reason = "a refusal is an answer")]
fn own(clerk: &Clerk, headers: &HeaderMap, id: &str) -> Result<Session, Response> {
    let own = clerk.session(headers).filter(|session| session.id == id);
    own.ok_or_else(|| answer::error(StatusCode::UNAUTHORIZED, "authentication_invalid", "You are signed out."))
}

fn client_object(clerk: &Clerk, headers: &HeaderMap) -> Value {
    let session = clerk.session(headers);
    let state = clerk.state();
    let sessions: Vec<_> = session.iter().map(|session| tokens::session_object(&state, session)).collect();
    json!({ "object": "client", "id": client(headers), "sessions": sessions, "last_active_session_id": session.map(|session| session.id) })
}

async fn current(State(clerk): State<Clerk>, headers: HeaderMap) -> Json<Value> {
    Json(json!({ "response": client_object(&clerk, &headers), "client": null }))
}

#[derive(Deserialize)]
struct Handshake {
    redirect_url: String,
}

/// Sends the browser back with its cookies in a signed token, as Clerk does for development instances.
async fn handshake(State(clerk): State<Clerk>, headers: HeaderMap, Query(asked): Query<Handshake>) -> Response {
    let Some(mut back) = guard::way_back(&clerk, &asked.redirect_url).and_then(|back| url::Url::parse(&back).ok())
    else {
        return answer::error(
            StatusCode::BAD_REQUEST,
            "redirect_url_invalid",
            "redirect_url must be on the application's origin.",
        );
    };
    let now_ms = now_ms();
    let directives = clerk.directives(&clerk.state(), client(&headers), now_ms);
    back.query_pairs_mut().append_pair("__clerk_handshake", &clerk.handshake_token(&directives, now_ms));
    match HeaderValue::from_str(back.as_str()) {
        Ok(location) => {
            let no_store = HeaderValue::from_static("no-store");
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location), (header::CACHE_CONTROL, no_store)])
                .into_response()
        }
        Err(_) => answer::error(StatusCode::BAD_REQUEST, "redirect_url_invalid", "redirect_url cannot be a header."),
    }
}

async fn token(State(clerk): State<Clerk>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match own(&clerk, &headers, &id) {
        Ok(session) => {
            Json(json!({ "object": "token", "jwt": clerk.session_token(&clerk.state(), &session, now_ms()) }))
                .into_response()
        }
        Err(refused) => refused,
    }
}

async fn touch(State(clerk): State<Clerk>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match own(&clerk, &headers, &id) {
        Ok(session) => {
            let response = tokens::session_object(&clerk.state(), &session);
            Json(json!({ "response": response, "client": client_object(&clerk, &headers) })).into_response()
        }
        Err(refused) => refused,
    }
}

async fn end(State(clerk): State<Clerk>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Err(refused) = own(&clerk, &headers, &id) {
        return refused;
    }
    let ended = clerk.end_session(&id, Status::Ended);
    let response = ended.map(|session| tokens::session_object(&clerk.state(), &session));
    Json(json!({ "response": response, "client": client_object(&clerk, &headers) })).into_response()
}

async fn end_all(State(clerk): State<Clerk>, headers: HeaderMap) -> Json<Value> {
    while let Some(session) = clerk.session(&headers) {
        clerk.end_session(&session.id, Status::Ended);
    }
    Json(json!({ "response": client_object(&clerk, &headers), "client": null }))
}

#[derive(Deserialize)]
struct Verification {
    level: Option<String>,
}

fn verification(session: &Value, status: &str, level: &str) -> Value {
    let factors = json!([{ "strategy": "password", "primary": true }]);
    json!({ "response": {
        "object": "session_reverification", "status": status, "level": level, "session": session,
        "supported_first_factors": factors, "supported_second_factors": [], "first_factor_verification": null, "second_factor_verification": null,
    }, "client": null })
}

/// Nobody here has a second factor, so every level falls back to the first.
async fn start_verification(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(asked): Form<Verification>,
) -> Response {
    match own(&clerk, &headers, &id) {
        Ok(session) => {
            let session = tokens::session_object(&clerk.state(), &session);
            Json(verification(&session, "needs_first_factor", asked.level.as_deref().unwrap_or("first_factor")))
                .into_response()
        }
        Err(refused) => refused,
    }
}

#[derive(Deserialize)]
struct Attempt {
    strategy: String,
    #[serde(default)]
    password: String,
}

async fn attempt_first_factor(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(attempt): Form<Attempt>,
) -> Response {
    if let Err(refused) = own(&clerk, &headers, &id) {
        return refused;
    }
    if attempt.strategy != "password" {
        return answer::error(StatusCode::UNPROCESSABLE_ENTITY, "strategy_for_user_invalid", "Use the password.");
    }
    match clerk.verify_again(&id, &attempt.password) {
        Ok(session) => {
            let session = tokens::session_object(&clerk.state(), &session);
            Json(verification(&session, "complete", "first_factor")).into_response()
        }
        Err(PasswordError::Wrong) => {
            answer::error(StatusCode::UNPROCESSABLE_ENTITY, "form_password_incorrect", "This password is not correct.")
        }
        Err(PasswordError::TooMany) => answer::error(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "Too many attempts. Try again in a minute.",
        ),
    }
}

impl Clerk {
    /// Checks the password of the session's user again; then its first factor is fresh.
    pub(crate) fn verify_again(&self, session: &str, password: &str) -> Result<Session, PasswordError> {
        let email = {
            let mut state = self.state();
            let user = state.session_mut(session).map(|session| session.user.clone()).ok_or(PasswordError::Wrong)?;
            let email = state.user(&user).map(|user| user.email.clone()).ok_or(PasswordError::Wrong)?;
            state.check_password(&email, password, now_ms())?;
            email
        };
        tracing::info!(email, "verified again");
        self.change_session(session, |session, now_ms| session.verified_at = now_ms).ok_or(PasswordError::Wrong)
    }
}
