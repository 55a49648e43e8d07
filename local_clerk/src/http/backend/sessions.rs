//! Sessions and their tokens.

use crate::http::answer::Answer;
use crate::http::page::Page;
use crate::http::tokens::TokenOptions;
use crate::json::sessions::{session, token as token_json};
use crate::model::commands::sessions as commands;
use crate::model::commands::sessions::NewSessionParams;
use crate::model::refused::Refused;
use crate::model::session::{Session, Status};
use crate::server::Clerk;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct SessionFilter {
    user_id: Option<String>,
    client_id: Option<String>,
    status: Option<String>,
    #[serde(default)]
    paginated: bool,
}

pub(super) async fn list(
    State(clerk): State<Clerk>,
    Query(filter): Query<SessionFilter>,
    Query(page): Query<Page>,
) -> Answer {
    if filter.user_id.is_none() && filter.client_id.is_none() {
        return Err(Refused::new(422, "form_param_missing", "user_id or client_id is required."));
    }
    let is_match = |session: &&Session| {
        filter.user_id.as_ref().is_none_or(|id| *id == session.user)
            && filter.client_id.as_ref().is_none_or(|id| *id == session.client)
            && filter.status.as_ref().is_none_or(|status| *status == session.status.as_str())
    };
    let found: Vec<_> = clerk.state().sessions.iter().filter(is_match).map(session).collect();
    Ok(if filter.paginated { page.counted(found) } else { Json(page.of(found).into()) })
}

pub(super) async fn show(State(clerk): State<Clerk>, Path(id): Path<String>) -> Answer {
    clerk.state().session(&id).map(|found| Json(session(found))).ok_or_else(Refused::not_found)
}

pub(super) async fn revoke(State(clerk): State<Clerk>, Path(id): Path<String>) -> Answer {
    let revoked = clerk.commit(|state| commands::end_session(state, &id, Status::Revoked)).await?;
    Ok(Json(session(&revoked)))
}

pub(super) async fn create(State(clerk): State<Clerk>, Json(params): Json<NewSessionParams>) -> Answer {
    let created = clerk.commit(|state| commands::create_session(state, params)).await?;
    Ok(Json(session(&created)))
}

#[derive(Default, Deserialize)]
struct LifetimeParam {
    expires_in_seconds: Option<i64>,
}

/// The lifetime in a body that may be empty.
fn lifetime_s(body: &[u8]) -> Option<i64> {
    let param: LifetimeParam = serde_json::from_slice(body).unwrap_or_default();
    param.expires_in_seconds.map(|seconds| seconds.clamp(30, 315_360_000))
}

/// A token without `azp`, because no browser asks for it (Clerk behaviour).
pub(super) async fn token(State(clerk): State<Clerk>, Path(id): Path<String>, body: Bytes) -> Answer {
    let state = clerk.state();
    let session = state.running_session(&id).ok_or_else(Refused::not_found)?;
    let options = TokenOptions { without_azp: true, lifetime_s: lifetime_s(&body) };
    Ok(Json(token_json(&clerk.session_token_with(&state, session, options))))
}

/// Every template exists, and all have the same claims.
pub(super) async fn template_token(
    State(clerk): State<Clerk>,
    Path((id, _)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    let state = clerk.state();
    let session = state.running_session(&id).ok_or_else(Refused::not_found)?;
    Ok(Json(token_json(&clerk.template_token(session, lifetime_s(&body)))))
}
