//! Invitations of an organization, for its administrators; and the invitations of the signed-in
//! user.

use super::caller::{Caller, ClientAnswer};
use crate::{commands::invitations as commands, http::lists::ListQuery, json, model::InvitationParams, model::State};
use axum::{body::Bytes, extract::Path, response::Response};
use serde_json::json;

pub(super) async fn list(Path(organization): Path<String>, query: ListQuery, caller: Caller) -> ClientAnswer {
    caller.require_admin(&organization)?;
    let status = query.one("status");
    Ok(caller.read(|state| query.page(commands::list_invitations(state, Some(&organization), status))))
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
    let create = |state: &mut State| commands::create_invitations(state, Some(&organization), &params);
    let mut created = caller.clerk.commit(create).await?;
    Ok(caller.answer(&if params.len() == 1 { json!(created.pop()) } else { json!(created) }))
}

pub(super) async fn revoke(Path((organization, id)): Path<(String, String)>, caller: Caller) -> ClientAnswer {
    caller.require_admin(&organization)?;
    caller.run(|state| commands::revoke_invitation(state, Some(&organization), &id)).await
}

pub(super) async fn list_own(caller: Caller) -> Response {
    caller.read(|state| json::list(commands::list_invitations_to(state, &caller.session.user)))
}

pub(super) async fn accept(Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    caller.run(|state| commands::accept_invitation(state, &id, &caller.session.user)).await
}
