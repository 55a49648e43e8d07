//! One-time sign-in links (`/sign_in_tokens`) and impersonation (`/actor_tokens`).

use crate::tickets::{Ticket, TicketStatus};
use crate::{Clerk, answer, now_ms};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

const MONTH_S: i64 = 30 * 86_400;
const HOUR_S: i64 = 3600;
/// Longest life that can be asked for.
const YEARS_S: i64 = 10 * 365 * 86_400;

#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    user_id: String,
    actor: Option<Value>,
    expires_in_seconds: Option<i64>,
    session_max_duration_in_seconds: Option<i64>,
}

pub(super) async fn create_sign_in(State(clerk): State<Clerk>, Json(wish): Json<Wish>) -> Response {
    made(&clerk, Ticket::new(&wish.user_id, None, wish.lasts_s(MONTH_S), None))
}

pub(super) async fn create_actor(State(clerk): State<Clerk>, Json(wish): Json<Wish>) -> Response {
    let sub = wish.actor.as_ref().and_then(|actor| actor["sub"].as_str()).unwrap_or_default();
    if sub.is_empty() {
        return answer::field_error("form_param_missing", "actor", "actor must name who acts in its member sub.");
    }
    let session_s = wish.session_max_duration_in_seconds.unwrap_or(1800).clamp(1, YEARS_S);
    made(&clerk, Ticket::new(&wish.user_id, wish.actor.clone(), wish.lasts_s(HOUR_S), Some(session_s)))
}

impl Wish {
    fn lasts_s(&self, usual: i64) -> i64 {
        self.expires_in_seconds.unwrap_or(usual).clamp(1, YEARS_S)
    }
}

fn made(clerk: &Clerk, ticket: Ticket) -> Response {
    {
        let mut state = clerk.state();
        if state.user(&ticket.user).is_none() {
            return answer::not_found();
        }
        state.tickets.push(ticket.clone());
    }
    clerk.save();
    Json(ticket.object(clerk, true)).into_response()
}

pub(super) async fn revoke_sign_in(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    revoked(&clerk, &id, false, "sign_in_token_cannot_be_revoked_code")
}

pub(super) async fn revoke_actor(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    revoked(&clerk, &id, true, "actor_token_cannot_be_revoked_code")
}

fn revoked(clerk: &Clerk, id: &str, acts: bool, too_late: &str) -> Response {
    let revoked = {
        let mut state = clerk.state();
        let is_it = |found: &&mut Ticket| found.id == id && found.actor.is_some() == acts;
        let Some(found) = state.tickets.iter_mut().find(is_it) else { return answer::not_found() };
        if found.status != TicketStatus::Pending {
            return answer::error(StatusCode::BAD_REQUEST, too_late, "This link is not pending.");
        }
        (found.status, found.updated_at) = (TicketStatus::Revoked, now_ms());
        found.clone()
    };
    clerk.save();
    Json(revoked.object(clerk, false)).into_response()
}
