//! Invitations of an organization, for its administrators; and the invitations of the signed-in
//! user.

use super::caller::{Caller, ClientAnswer, with_client};
use crate::json::organizations::{created_invitation, invitation};
use crate::{
    http::lists::Page, json, model::InvitationParams, model::commands::invitations as commands, server::Clerk,
};
use axum::{body::Bytes, extract::Path, extract::Query, response::Response};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct StatusFilter {
    status: Option<String>,
}

pub(super) async fn list(
    clerk: Clerk,
    Path(organization): Path<String>,
    Query(filter): Query<StatusFilter>,
    Query(page): Query<Page>,
    caller: Caller,
) -> ClientAnswer {
    caller.require_admin(&clerk, &organization)?;
    let found = commands::list_invitations(&clerk.state(), Some(&organization), filter.status.as_deref());
    let list = page.counted(found.iter().map(invitation).collect());
    Ok(with_client(&clerk, &caller.client, &list))
}

/// Invites one address or several, each in a field of its own.
pub(super) async fn create(
    clerk: Clerk,
    Path(organization): Path<String>,
    caller: Caller,
    form: Bytes,
) -> ClientAnswer {
    caller.require_admin(&clerk, &organization)?;
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&form).into_owned().collect();
    let role = fields.iter().find(|(name, _)| name == "role").map(|(_, role)| role.clone()).unwrap_or_default();
    let addresses = fields.into_iter().filter(|(name, _)| name.starts_with("email_address"));
    let list: Vec<_> = addresses
        .map(|(_, email_address)| InvitationParams {
            email_address,
            role: role.clone(),
            inviter_user_id: Some(caller.session.user.clone()),
            ..InvitationParams::default()
        })
        .collect();
    let created = clerk.commit(|state| commands::create_invitations(state, Some(&organization), &list)).await?;
    let mut created: Vec<_> = created.iter().map(created_invitation).collect();
    let response = if list.len() == 1 { json!(created.pop()) } else { json!(created) };
    Ok(with_client(&clerk, &caller.client, &response))
}

pub(super) async fn revoke(
    clerk: Clerk,
    Path((organization, id)): Path<(String, String)>,
    caller: Caller,
) -> ClientAnswer {
    caller.require_admin(&clerk, &organization)?;
    let revoked = clerk.commit(|state| commands::revoke_invitation(state, Some(&organization), &id)).await?;
    Ok(with_client(&clerk, &caller.client, &invitation(&revoked)))
}

pub(super) async fn list_own(clerk: Clerk, caller: Caller) -> Response {
    let found = commands::list_invitations_to(&clerk.state(), &caller.session.user);
    let list: Vec<_> = found.iter().map(invitation).collect();
    with_client(&clerk, &caller.client, &json::list(&list, list.len()))
}

pub(super) async fn accept(clerk: Clerk, Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    let accepted = clerk.commit(|state| commands::accept_invitation(state, &id, &caller.session.user)).await?;
    Ok(with_client(&clerk, &caller.client, &invitation(&accepted)))
}
