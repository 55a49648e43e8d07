//! Sessions: list, create, revoke, tokens, and the refresh of an expired one; sign-in tokens and
//! actor tokens (impersonation), which start sessions.

use super::handlers::{create, run, show};
use crate::commands::{sessions as commands, tickets};
use crate::model::{Refused, Result, Session, State, Status, ensure, refresh_token};
use crate::{
    http::answer::Answer, http::cookies::YEAR_S, http::lists::ListQuery, http::tokens::TokenOptions,
    json::sessions::session, json::sessions::token as token_json, server::Clerk,
};
use axum::routing::{MethodFilter, get, post};
use axum::{Json, Router, body::Bytes, extract::Path};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes() -> Router<Clerk> {
    let revoke = |state: &mut State, id: &str| Ok(session(&commands::end_session(state, id, Status::Revoked)?));
    Router::new()
        .route("/v1/sessions", get(list).merge(create(commands::create_session)))
        .route("/v1/sessions/{session}", show(|state, id| state.session(id).map(session)))
        .route("/v1/sessions/{session}/revoke", run(MethodFilter::POST, revoke))
        .route("/v1/sessions/{session}/refresh", post(refresh))
        .route("/v1/sessions/{session}/tokens", post(token))
        .route("/v1/sessions/{session}/tokens/{template}", post(template_token))
        .route("/v1/sign_in_tokens", create(tickets::create_sign_in_token))
        .route("/v1/sign_in_tokens/{ticket}/revoke", run(MethodFilter::POST, tickets::revoke_sign_in_token))
        .route("/v1/actor_tokens", create(tickets::create_actor_token))
        .route("/v1/actor_tokens/{ticket}/revoke", run(MethodFilter::POST, tickets::revoke_actor_token))
}

async fn list(clerk: Clerk, query: ListQuery) -> Answer {
    let missing = Refused::new(422, "form_param_missing", "user_id or client_id is required.");
    ensure(query.one("user_id").or(query.one("client_id")).is_some(), missing)?;
    let is_match = |session: &&Session| {
        query.matches("user_id", |id| id == session.user)
            && query.matches("client_id", |id| id == session.client)
            && query.matches("status", |status| json!(session.status) == status)
    };
    let found: Vec<_> = clerk.state().sessions.iter().filter(is_match).map(session).collect();
    Ok(Json(if query.one("paginated") == Some("true") { query.page(found) } else { query.part(found).into() }))
}

/// The lifetime in a body that may be empty.
fn lifetime_s(body: &[u8]) -> Option<i64> {
    let params: Value = serde_json::from_slice(body).unwrap_or_default();
    params["expires_in_seconds"].as_i64().map(|seconds| seconds.clamp(30, 315_360_000))
}

/// A token without `azp`, because no browser asks for it (Clerk behaviour).
async fn token(clerk: Clerk, Path(id): Path<String>, body: Bytes) -> Answer {
    let state = clerk.state();
    let session = state.running_session(&id).ok_or_else(Refused::not_found)?;
    let options = TokenOptions { without_azp: true, lifetime_s: lifetime_s(&body) };
    Ok(Json(token_json(&clerk.session_token_with(&state, session, options))))
}

/// Every template exists, and all have the same claims.
async fn template_token(clerk: Clerk, Path((id, _)): Path<(String, String)>, body: Bytes) -> Answer {
    let state = clerk.state();
    let session = state.running_session(&id).ok_or_else(Refused::not_found)?;
    Ok(Json(token_json(&clerk.template_token(session, lifetime_s(&body)))))
}

#[derive(Deserialize)]
struct RefreshParams {
    expired_token: String,
    refresh_token: String,
    request_origin: String,
    format: Option<String>,
}

async fn refresh(clerk: Clerk, Path(id): Path<String>, Json(params): Json<RefreshParams>) -> Answer {
    check_token(&clerk, &id, &params)?;
    ensure(!clerk.faults().refresh_tokens_expired, refresh_token::expired())?;
    let (session, refresh_token) =
        clerk.commit(|state| commands::refresh_session(state, &id, &params.refresh_token)).await?;
    let jwt = clerk.session_token(&clerk.state(), &session);
    if params.format.as_deref() != Some("cookie") {
        return Ok(Json(token_json(&jwt)));
    }
    let mut cookies = clerk.application_cookie("__session", &format!("{jwt}; Path=/; Max-Age={YEAR_S}")).to_vec();
    cookies.push(clerk.refresh_cookie(Some(&refresh_token)));
    Ok(Json(json!({ "object": "cookies", "cookies": cookies })))
}

fn check_token(clerk: &Clerk, id: &str, params: &RefreshParams) -> Result<()> {
    let claims = clerk.identity.keys.claims(&params.expired_token);
    let text = "The expired token is not a token of this session.";
    let refused = Refused::new(401, "session_refresh_session_token_ineligible", text);
    ensure(claims.is_some_and(|claims| claims["sid"] == id), refused)?;
    let refused = Refused::new(401, "session_refresh_origin_ineligible", "The request comes from another origin.");
    ensure(params.request_origin == clerk.options.public_origin, refused)
}
