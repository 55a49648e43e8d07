//! Memberships of an organization, as its members see them and its administrators change them; and
//! the memberships of the signed-in user.

use super::caller::{Caller, ClientAnswer};
use crate::model::{Membership, commands::memberships as commands, commands::memberships::LastAdmin};
use crate::{http::lists::ListQuery, json, json::organizations::membership};
use axum::{Form, extract::Path, response::Response};
use serde::Deserialize;

pub(super) async fn list(Path(organization): Path<String>, query: ListQuery, caller: Caller) -> ClientAnswer {
    caller.require_member(&organization)?;
    let text = query.search("query");
    Ok(caller.read(|state| {
        let is_match = |found: &&Membership| {
            let user = state.user(&found.user);
            found.organization == organization
                && user.is_some_and(|user| format!("{} {}", user.name(), user.email).to_lowercase().contains(&text))
        };
        let found = state.memberships.iter().filter(is_match).filter_map(|found| state.membership_details(found));
        query.page(found.map(|found| membership(&found)).collect())
    }))
}

#[derive(Deserialize)]
pub(super) struct RoleParam {
    role: String,
}

pub(super) async fn change_role(
    Path((organization, user)): Path<(String, String)>,
    caller: Caller,
    Form(params): Form<RoleParam>,
) -> ClientAnswer {
    caller.require_admin(&organization)?;
    let member = (organization.as_str(), user.as_str());
    caller.run(|state| commands::change_role(state, member, &params.role, LastAdmin::Required), membership).await
}

pub(super) async fn remove(Path((organization, user)): Path<(String, String)>, caller: Caller) -> ClientAnswer {
    caller.require_admin(&organization)?;
    remove_member(&caller, &organization, &user).await
}

pub(super) async fn leave(Path(organization): Path<String>, caller: Caller) -> ClientAnswer {
    remove_member(&caller, &organization, &caller.session.user).await
}

async fn remove_member(caller: &Caller, organization: &str, user: &str) -> ClientAnswer {
    let member = (organization, user);
    caller.run(|state| commands::remove_member(state, member, LastAdmin::Required), membership).await
}

pub(super) async fn list_own(caller: Caller) -> Response {
    caller.read(|state| {
        let own = state.memberships_of(&caller.session.user).filter_map(|found| state.membership_details(found));
        json::list(own.map(|found| membership(&found)))
    })
}
