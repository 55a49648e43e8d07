//! Invitations of an organization, for its administrators; and the invitations of the signed-in
//! user.

use super::caller::{Caller, ClientAnswer};
use crate::json::organizations::{created_invitation, invitation};
use crate::model::{InvitationParams, commands::invitations as commands};
use crate::{http::lists::ListQuery, json};
use axum::{body::Bytes, extract::Path, response::Response};
use serde_json::json;

pub(super) async fn list(Path(organization): Path<String>, query: ListQuery, caller: Caller) -> ClientAnswer {
    caller.require_admin(&organization)?;
    Ok(caller.read(|state| {
        let found = commands::list_invitations(state, Some(&organization), query.one("status"));
        query.page(found.iter().map(invitation).collect())
    }))
}

/// Invites one address or several, each in a field of its own.
pub(super) async fn create(Path(organization): Path<String>, caller: Caller, form: Bytes) -> ClientAnswer {
    caller.require_admin(&organization)?;
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&form).into_owned().collect();
    let role = fields.iter().find(|(name, _)| name == "role").map(|(_, role)| role.clone()).unwrap_or_default();
    let addresses = fields.into_iter().filter(|(name, _)| name.starts_with("email_address"));
    let params = addresses.map(|(_, email_address)| InvitationParams {
        email_address,
        role: role.clone(),
        inviter_user_id: Some(caller.session.user.clone()),
        ..InvitationParams::default()
    });
    let params: Vec<_> = params.collect();
    let created =
        caller.clerk.commit(|state| commands::create_invitations(state, Some(&organization), &params)).await?;
    let mut created: Vec<_> = created.iter().map(created_invitation).collect();
    Ok(caller.answer(&if params.len() == 1 { json!(created.pop()) } else { json!(created) }))
}

pub(super) async fn revoke(Path((organization, id)): Path<(String, String)>, caller: Caller) -> ClientAnswer {
    caller.require_admin(&organization)?;
    caller.run(|state| commands::revoke_invitation(state, Some(&organization), &id), invitation).await
}

pub(super) async fn list_own(caller: Caller) -> Response {
    caller.read(|state| json::list(commands::list_invitations_to(state, &caller.session.user).iter().map(invitation)))
}

pub(super) async fn accept(Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    caller.run(|state| commands::accept_invitation(state, &id, &caller.session.user), invitation).await
}
