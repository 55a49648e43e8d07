//! Refreshes an expired session: an application sends the expired token and the browser's refresh
//! token, and receives new cookies. Every refusal is 401, which leads to a handshake.

use crate::http::answer::Answer;
use crate::http::cookies::YEAR_S;
use crate::json::sessions::token;
use crate::model::commands::sessions::refresh_session;
use crate::model::refused::Refused;
use crate::server::Clerk;
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct RefreshParams {
    expired_token: String,
    refresh_token: String,
    request_origin: String,
    format: Option<String>,
}

pub(super) async fn refresh(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    Json(params): Json<RefreshParams>,
) -> Answer {
    check_token(&clerk, &id, &params)?;
    let all_expired = clerk.faults().refresh_tokens_expired;
    let (session, refresh_token) =
        clerk.commit(|state| refresh_session(state, &id, &params.refresh_token, all_expired)).await?;
    let jwt = clerk.session_token(&clerk.state(), &session);
    if params.format.as_deref() != Some("cookie") {
        return Ok(Json(token(&jwt)));
    }
    let mut cookies = clerk.application_cookie("__session", &format!("{jwt}; Path=/; Max-Age={YEAR_S}")).to_vec();
    cookies.push(clerk.refresh_cookie(&refresh_token));
    Ok(Json(json!({ "object": "cookies", "cookies": cookies })))
}

fn check_token(clerk: &Clerk, id: &str, params: &RefreshParams) -> Result<(), Refused> {
    let claims = clerk.identity.keys.claims(&params.expired_token);
    if claims.is_none_or(|claims| claims["sid"] != id) {
        let text = "The expired token is not a token of this session.";
        return Err(Refused::new(401, "session_refresh_session_token_ineligible", text));
    }
    if params.request_origin != clerk.options.public_origin {
        return Err(Refused::new(401, "session_refresh_origin_ineligible", "The request comes from another origin."));
    }
    Ok(())
}
