//! Invitations to an organization (`/organizations/{org}/invitations`) and to the application
//! (`/invitations`).

use crate::json::organizations::{created_invitation, invitation};
use crate::model::{InvitationDetails, InvitationParams, Refused, Result};
use crate::{http::answer::Answer, http::lists::Page, json, model::commands::invitations as commands, server::Clerk};
use axum::{Json, extract::Path, extract::Query};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
pub(super) struct StatusFilter {
    status: Option<String>,
}

pub(super) async fn list(
    clerk: Clerk,
    Path(organization): Path<String>,
    Query(filter): Query<StatusFilter>,
    Query(page): Query<Page>,
) -> Answer {
    let state = clerk.state();
    state.organization(&organization).ok_or_else(Refused::not_found)?;
    let found = commands::list_invitations(&state, Some(&organization), filter.status.as_deref());
    Ok(page.counted(found.iter().map(invitation).collect()))
}

pub(super) async fn show(clerk: Clerk, Path((organization, id)): Path<(String, String)>) -> Answer {
    let state = clerk.state();
    let found = state.invitation(Some(&organization), &id).ok_or_else(Refused::not_found)?;
    Ok(Json(invitation(&state.invitation_details(found))))
}

pub(super) async fn create(
    clerk: Clerk,
    Path(organization): Path<String>,
    Json(params): Json<InvitationParams>,
) -> Answer {
    let mut created = invite(&clerk, Some(&organization), &[params]).await?;
    Ok(Json(json!(created.pop())))
}

pub(super) async fn create_bulk(
    clerk: Clerk,
    Path(organization): Path<String>,
    Json(list): Json<Vec<InvitationParams>>,
) -> Answer {
    if list.is_empty() || list.len() > 10 {
        return Err(Refused::new(422, "form_param_value_invalid", "Send between 1 and 10 invitations."));
    }
    let created = invite(&clerk, Some(&organization), &list).await?;
    Ok(Json(json::list(&created, created.len())))
}

async fn invite(clerk: &Clerk, organization: Option<&str>, list: &[InvitationParams]) -> Result<Vec<Value>> {
    let created = clerk.commit(|state| {
        let is_known = |id: &str| state.organization(id).is_some_and(|found| found.id == id);
        if !organization.is_none_or(is_known) {
            return Err(Refused::not_found());
        }
        commands::create_invitations(state, organization, list)
    });
    Ok(created.await?.iter().map(created_invitation).collect())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RevocationParams {
    requesting_user_id: Option<String>,
}

/// The requesting user, if one is named, must be an administrator.
pub(super) async fn revoke(
    clerk: Clerk,
    Path((organization, id)): Path<(String, String)>,
    params: Option<Json<RevocationParams>>,
) -> Answer {
    let requester = params.and_then(|Json(params)| params.requesting_user_id);
    let revoked = clerk.commit(|state| {
        let membership = requester.as_ref().map(|user| state.membership(&organization, user));
        if membership.is_some_and(|found| found.is_none_or(|found| found.role != "admin")) {
            let text = "The requesting user is not an admin of the organization.";
            return Err(Refused::new(403, "not_an_admin_in_organization", text));
        }
        commands::revoke_invitation(state, Some(&organization), &id)
    });
    revoked.await.map(to_json)
}

pub(super) async fn list_of_instance(
    clerk: Clerk,
    Query(filter): Query<StatusFilter>,
    Query(page): Query<Page>,
) -> Json<Value> {
    let found = commands::list_invitations(&clerk.state(), None, filter.status.as_deref());
    Json(page.of(found.iter().map(invitation).collect()).into())
}

pub(super) async fn create_of_instance(clerk: Clerk, Json(params): Json<InvitationParams>) -> Answer {
    let mut created = invite(&clerk, None, &[params]).await?;
    Ok(Json(json!(created.pop())))
}

pub(super) async fn revoke_of_instance(clerk: Clerk, Path(id): Path<String>) -> Answer {
    clerk.commit(|state| commands::revoke_invitation(state, None, &id)).await.map(to_json)
}

fn to_json(details: InvitationDetails) -> Json<Value> {
    Json(invitation(&details))
}
