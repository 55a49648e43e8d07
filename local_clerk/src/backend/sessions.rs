//! Sessions.

use super::Page;
use crate::state::{Session, Status};
use crate::{Clerk, answer, now_ms, objects};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct Filter {
    user_id: Option<String>,
    client_id: Option<String>,
    status: Option<String>,
    #[serde(default)]
    paginated: bool,
}

pub(super) async fn list(
    State(clerk): State<Clerk>,
    Query(filter): Query<Filter>,
    Query(page): Query<Page>,
) -> Response {
    if filter.user_id.is_none() && filter.client_id.is_none() {
        let text = "user_id or client_id is needed.";
        return answer::error(StatusCode::UNPROCESSABLE_ENTITY, "form_param_missing", text);
    }
    let fits = |session: &&Session| {
        filter.user_id.as_ref().is_none_or(|id| *id == session.user)
            && filter.client_id.as_ref().is_none_or(|id| *id == session.client)
            && filter.status.as_ref().is_none_or(|status| *status == session.status.word())
    };
    let found: Vec<_> = clerk.state().sessions.iter().filter(fits).map(objects::session).collect();
    if filter.paginated { page.counted(found) } else { Json(page.of(found)).into_response() }
}

pub(super) async fn show(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    let found = clerk.state().sessions.iter().find(|session| session.id == id).map(objects::session);
    found.map_or_else(answer::not_found, |session| Json(session).into_response())
}

pub(super) async fn revoke(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    match clerk.end_session(&id, Status::Revoked) {
        Some(session) => Json(objects::session(&session)).into_response(),
        None => answer::not_found(),
    }
}

#[derive(Deserialize)]
pub(super) struct NewSession {
    user_id: String,
    active_organization_id: Option<String>,
}

/// A session that no browser has: for tests of an application, which take tokens of it.
pub(super) async fn create(State(clerk): State<Clerk>, Json(asked): Json<NewSession>) -> Response {
    let session = {
        let mut state = clerk.state();
        if state.user(&asked.user_id).is_none() {
            return answer::not_found();
        }
        let wanted = asked.active_organization_id.filter(|organization| !organization.is_empty());
        if wanted.as_ref().is_some_and(|organization| state.membership(organization, &asked.user_id).is_none()) {
            let text = "They are no member of this organization.";
            return answer::field_error("form_param_value_invalid", "active_organization_id", text);
        }
        let organization = wanted.or_else(|| state.organization_at_sign_in(&asked.user_id));
        state.sign_in(&asked.user_id, organization, "Backend API", now_ms())
    };
    clerk.save();
    clerk.webhooks.session(&session);
    Json(objects::session(&session)).into_response()
}

#[derive(Default, Deserialize)]
pub(super) struct Lifetime {
    expires_in_seconds: Option<i64>,
}

impl Lifetime {
    /// A body may be missing altogether.
    fn read(body: &[u8]) -> Option<i64> {
        serde_json::from_slice::<Self>(body).unwrap_or_default().expires_in_seconds.map(|s| s.clamp(30, 315_360_000))
    }
}

fn running(clerk: &Clerk, id: &str) -> Option<Session> {
    let state = clerk.state();
    state.sessions.iter().find(|session| session.id == id && session.is_running(now_ms())).cloned()
}

/// No browser asks, so no origin stands in it (Clerk behaviour).
pub(super) async fn token(State(clerk): State<Clerk>, Path(id): Path<String>, body: Bytes) -> Response {
    let Some(session) = running(&clerk, &id) else { return answer::not_found() };
    let jwt = clerk.token_without_origin(&clerk.state(), &session, Lifetime::read(&body));
    Json(json!({ "object": "token", "jwt": jwt })).into_response()
}

/// Every template is there, and all say the same.
pub(super) async fn template_token(
    State(clerk): State<Clerk>,
    Path((id, _)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(session) = running(&clerk, &id) else { return answer::not_found() };
    Json(json!({ "object": "token", "jwt": clerk.template_token(&session, Lifetime::read(&body)) })).into_response()
}
