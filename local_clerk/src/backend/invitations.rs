//! Invitations, into an organization (`/organizations/{org}/invitations`) and into the application alone (`/invitations`).

use super::Page;
use crate::invitations::Wish;
use crate::{Clerk, answer};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct Filter {
    status: Option<String>,
}

pub(super) async fn list(
    State(clerk): State<Clerk>,
    Path(organization): Path<String>,
    Query(filter): Query<Filter>,
    Query(page): Query<Page>,
) -> Response {
    let state = clerk.state();
    if state.organization(&organization).is_none() {
        return answer::not_found();
    }
    page.counted(state.invitations_of(Some(&organization), filter.status.as_deref()))
}

pub(super) async fn show(State(clerk): State<Clerk>, Path((organization, id)): Path<(String, String)>) -> Response {
    let state = clerk.state();
    let found = state.invitation(Some(&organization), &id).map(|found| found.object(&state));
    found.map_or_else(answer::not_found, |found| Json(found).into_response())
}

pub(super) async fn create(
    State(clerk): State<Clerk>,
    Path(organization): Path<String>,
    Json(wish): Json<Wish>,
) -> Response {
    invited(&clerk, Some(&organization), &[wish], false)
}

pub(super) async fn create_bulk(
    State(clerk): State<Clerk>,
    Path(organization): Path<String>,
    Json(wishes): Json<Vec<Wish>>,
) -> Response {
    if wishes.is_empty() || wishes.len() > 10 {
        let text = "Between one and ten invitations at once.";
        return answer::error(StatusCode::UNPROCESSABLE_ENTITY, "form_param_value_invalid", text);
    }
    invited(&clerk, Some(&organization), &wishes, true)
}

fn invited(clerk: &Clerk, organization: Option<&str>, wishes: &[Wish], bulk: bool) -> Response {
    if organization.is_some_and(|id| clerk.state().organization(id).is_none_or(|found| found.id != id)) {
        return answer::not_found();
    }
    match clerk.invite(organization, wishes) {
        Err(refused) => refused.answer(),
        Ok(made) if bulk => Json(json!({ "total_count": made.len(), "data": made })).into_response(),
        Ok(mut made) => Json(json!(made.pop())).into_response(),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Revocation {
    requesting_user_id: Option<String>,
}

/// Who asks for it must be an administrator, where somebody is named.
pub(super) async fn revoke(
    State(clerk): State<Clerk>,
    Path((organization, id)): Path<(String, String)>,
    asked: Option<Json<Revocation>>,
) -> Response {
    let by = asked.and_then(|Json(asked)| asked.requesting_user_id);
    let is_admin =
        |user: &String| clerk.state().membership(&organization, user).is_some_and(|member| member.role == "admin");
    if by.as_ref().is_some_and(|by| !is_admin(by)) {
        let text = "requesting_user_id is no administrator of this organization.";
        return answer::error(StatusCode::FORBIDDEN, "not_an_admin_in_organization", text);
    }
    revoked(&clerk, Some(&organization), &id)
}

fn revoked(clerk: &Clerk, organization: Option<&str>, id: &str) -> Response {
    if clerk.state().invitation(organization, id).is_none() {
        return answer::not_found();
    }
    match clerk.revoke_invitation(id) {
        Some(revoked) => Json(revoked.object(&clerk.state())).into_response(),
        None => {
            let text = "This invitation is not pending.";
            answer::error(StatusCode::BAD_REQUEST, "organization_invitation_not_pending", text)
        }
    }
}

pub(super) async fn list_of_instance(
    State(clerk): State<Clerk>,
    Query(filter): Query<Filter>,
    Query(page): Query<Page>,
) -> Response {
    Json(page.of(clerk.state().invitations_of(None, filter.status.as_deref()))).into_response()
}

pub(super) async fn create_of_instance(State(clerk): State<Clerk>, Json(wish): Json<Wish>) -> Response {
    invited(&clerk, None, &[wish], false)
}

pub(super) async fn revoke_of_instance(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    revoked(&clerk, None, &id)
}
