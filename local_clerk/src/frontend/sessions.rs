//! Sessions of the browser that asks: tokens, the active one, its active organization, the end.

use super::{Own, with_client};
use crate::session::client;
use crate::state::{Session, Status};
use crate::{Clerk, answer, now_ms};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A field of a form that may have no fields at all.
pub(super) fn field(form: &[u8], name: &str) -> Option<String> {
    url::form_urlencoded::parse(form).find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

pub(super) async fn token(State(clerk): State<Clerk>, Own(session): Own, form: Bytes) -> Response {
    let wanted = field(&form, "organization_id").filter(|organization| !organization.is_empty());
    let session = Session { organization: wanted.or(session.organization.clone()), ..session };
    let jwt = clerk.session_token(&clerk.state(), &session, now_ms());
    Json(json!({ "object": "token", "jwt": jwt })).into_response()
}

pub(super) async fn touch(State(clerk): State<Clerk>, Own(session): Own, headers: HeaderMap, form: Bytes) -> Response {
    // Absent: as it is.
    let wanted = field(&form, "active_organization_id");
    if wanted.is_some_and(|organization| !clerk.turn_to(&session, &organization)) {
        let text = "You are no member of this organization.";
        return answer::error(StatusCode::NOT_FOUND, "organization_not_found_or_unauthorized", text);
    }
    let touched =
        clerk.change_session(&session.id, |session, now_ms| session.updated_at = now_ms.max(session.updated_at));
    // The one that is touched is the active one from now on.
    touched.iter().for_each(|session| clerk.choose(session));
    let object = touched.map(|session| clerk.own_session(&clerk.state(), &session, now_ms()));
    with_client(&clerk, client(&headers), &json!(object))
}

pub(super) async fn end(State(clerk): State<Clerk>, Own(session): Own, headers: HeaderMap) -> Response {
    let ended = clerk.end_session(&session.id, Status::Ended);
    let object = ended.map(|session| clerk.own_session(&clerk.state(), &session, now_ms()));
    with_client(&clerk, client(&headers), &json!(object))
}
