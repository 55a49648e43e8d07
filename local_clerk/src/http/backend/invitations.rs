//! Invitations to an organization (`/organizations/{organization}/invitations`) and to the
//! application (`/invitations`).

use super::handlers::run;
use crate::commands::invitations as commands;
use crate::model::{InvitationParams, Refused, Result, ensure};
use crate::{http::answer::Answer, http::lists::ListQuery, json, json::organizations::invitation, server::Clerk};
use axum::routing::{MethodFilter, get, post};
use axum::{Json, Router, extract::Path};
use serde_json::{Value, json};

pub(super) fn routes() -> Router<Clerk> {
    let revoke_of_instance =
        run(MethodFilter::POST, |state, invitation| commands::revoke_invitation(state, None, invitation));
    let of_organization = Router::new()
        .route("/", get(list).post(create))
        .route("/bulk", post(create_bulk))
        .route("/{invitation}", get(show))
        .route("/{invitation}/revoke", post(revoke));
    Router::new()
        .nest("/v1/organizations/{organization}/invitations", of_organization)
        .route("/v1/invitations", get(list_of_instance).post(create))
        .route("/v1/invitations/{invitation}/revoke", revoke_of_instance)
}

async fn list(clerk: Clerk, Path(organization): Path<String>, query: ListQuery) -> Answer {
    let state = clerk.state();
    state.organization(&organization).ok_or_else(Refused::not_found)?;
    Ok(Json(query.page(commands::list_invitations(&state, Some(&organization), query.one("status")))))
}

async fn list_of_instance(clerk: Clerk, query: ListQuery) -> Json<Value> {
    Json(query.part(commands::list_invitations(&clerk.state(), None, query.one("status"))).into())
}

async fn show(clerk: Clerk, Path((organization, id)): Path<(String, String)>) -> Answer {
    let state = clerk.state();
    let found = state.invitation(Some(&organization), &id).ok_or_else(Refused::not_found)?;
    Ok(Json(invitation(&state, found)))
}

/// Invites to an organization, or to the application where the path names none.
async fn create(clerk: Clerk, organization: Option<Path<String>>, Json(params): Json<InvitationParams>) -> Answer {
    let organization = organization.map(|Path(organization)| organization);
    let mut created = invite(&clerk, organization.as_deref(), &[params]).await?;
    Ok(Json(json!(created.pop())))
}

async fn create_bulk(clerk: Clerk, Path(id): Path<String>, Json(list): Json<Vec<InvitationParams>>) -> Answer {
    let refused = Refused::new(422, "form_param_value_invalid", "Send between 1 and 10 invitations.");
    ensure((1..=10).contains(&list.len()), refused)?;
    Ok(Json(json::list(invite(&clerk, Some(&id), &list).await?)))
}

async fn invite(clerk: &Clerk, organization: Option<&str>, list: &[InvitationParams]) -> Result<Vec<Value>> {
    let created = clerk.commit(|state| {
        let is_known = |id: &str| state.organization(id).is_some_and(|found| found.id == id);
        ensure(organization.is_none_or(is_known), Refused::not_found())?;
        commands::create_invitations(state, organization, list)
    });
    created.await
}

/// The requesting user, if one is named, must be an administrator.
async fn revoke(clerk: Clerk, Path((organization, id)): Path<(String, String)>, params: Option<Json<Value>>) -> Answer {
    let requester = params.as_ref().and_then(|Json(params)| params["requesting_user_id"].as_str());
    let revoked = clerk.commit(|state| {
        let is_admin = |user| state.membership(&organization, user).is_some_and(|found| found.role == "admin");
        let text = "The requesting user is not an admin of the organization.";
        let refused = Refused::new(403, "not_an_admin_in_organization", text);
        ensure(requester.is_none_or(is_admin), refused)?;
        commands::revoke_invitation(state, Some(&organization), &id)
    });
    revoked.await.map(Json)
}
