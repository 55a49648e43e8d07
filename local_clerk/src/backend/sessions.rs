//! Sessions.

use super::Page;
use crate::state::{Session, Status};
use crate::{Clerk, answer, objects};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

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
