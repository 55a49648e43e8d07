//! Sign-in tokens (`/sign_in_tokens`) and actor tokens for impersonation (`/actor_tokens`).

use crate::model::{NewTicket, Refused};
use crate::{
    http::answer::Answer, json::organizations::ticket, model::commands::tickets as commands, model::ticket::ticket_url,
    server::Clerk,
};
use axum::{Json, extract::Path};
use serde::Deserialize;
use serde_json::Value;

const MONTH_S: i64 = 30 * 86_400;
const HOUR_S: i64 = 3600;
const HALF_HOUR_S: i64 = 1800;
/// Longest lifetime: ten years.
const LONGEST_S: i64 = 10 * 365 * 86_400;

#[derive(Deserialize)]
pub(super) struct TicketParams {
    #[serde(default)]
    user_id: String,
    actor: Option<Value>,
    expires_in_seconds: Option<i64>,
    session_max_duration_in_seconds: Option<i64>,
}

pub(super) async fn create_sign_in_token(clerk: Clerk, Json(params): Json<TicketParams>) -> Answer {
    let new = NewTicket {
        user: params.user_id,
        actor: None,
        lifetime_s: params.expires_in_seconds.unwrap_or(MONTH_S).clamp(1, LONGEST_S),
        session_lifetime_s: None,
    };
    create(&clerk, new).await
}

pub(super) async fn create_actor_token(clerk: Clerk, Json(params): Json<TicketParams>) -> Answer {
    let sub = params.actor.as_ref().and_then(|actor| actor["sub"].as_str()).unwrap_or_default();
    if sub.is_empty() {
        return Err(Refused::param("form_param_missing", "actor", "The actor must have a sub."));
    }
    let session_s = params.session_max_duration_in_seconds.unwrap_or(HALF_HOUR_S);
    let new = NewTicket {
        user: params.user_id,
        actor: params.actor,
        lifetime_s: params.expires_in_seconds.unwrap_or(HOUR_S).clamp(1, LONGEST_S),
        session_lifetime_s: Some(session_s.clamp(1, LONGEST_S)),
    };
    create(&clerk, new).await
}

async fn create(clerk: &Clerk, new: NewTicket) -> Answer {
    let created = clerk.commit(|state| commands::create_ticket(state, new)).await?;
    let url = ticket_url(&clerk.options.public_origin, &created.token, None, None);
    Ok(Json(ticket(&created, Some(&url))))
}

pub(super) async fn revoke_sign_in_token(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let revoked = clerk.commit(|state| commands::revoke_sign_in_token(state, &id)).await?;
    Ok(Json(ticket(&revoked, None)))
}

pub(super) async fn revoke_actor_token(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let revoked = clerk.commit(|state| commands::revoke_actor_token(state, &id)).await?;
    Ok(Json(ticket(&revoked, None)))
}
