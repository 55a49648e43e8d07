//! The key set, and the payload behind the nonce of a handshake.

use crate::http::answer::Answer;
use crate::model::refused::Refused;
use crate::server::Clerk;
use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) async fn jwks(State(clerk): State<Clerk>) -> Json<Value> {
    Json(clerk.identity.jwks())
}

#[derive(Deserialize)]
pub(super) struct NonceQuery {
    nonce: String,
}

/// Redeems a nonce, which works once.
pub(super) async fn handshake_payload(State(clerk): State<Clerk>, Query(query): Query<NonceQuery>) -> Answer {
    let mut state = clerk.state();
    let now_ms = state.now_ms;
    let directives = state.nonces.redeem_nonce(&query.nonce, now_ms).ok_or_else(Refused::not_found)?;
    Ok(Json(json!({ "directives": directives })))
}
