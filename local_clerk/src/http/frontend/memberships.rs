//! Memberships of an organization, as its members see them and its administrators change them; and
//! the memberships of the signed-in user.

use super::caller::{Caller, ClientAnswer, with_client};
use crate::{
    http::lists::Page, json, json::organizations::membership, model::Membership,
    model::commands::memberships as commands, model::commands::memberships::LastAdmin, server::Clerk,
};
use axum::{Form, extract::Path, extract::Query, response::Response};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SearchQuery {
    query: String,
}

pub(super) async fn list(
    clerk: Clerk,
    Path(organization): Path<String>,
    Query(search): Query<SearchQuery>,
    Query(page): Query<Page>,
    caller: Caller,
) -> ClientAnswer {
    caller.require_member(&clerk, &organization)?;
    let text = search.query.trim().to_lowercase();
    let list: Vec<_> = {
        let state = clerk.state();
        let is_match = |found: &&Membership| {
            let user = state.user(&found.user);
            found.organization == organization
                && user.is_some_and(|user| format!("{} {}", user.name(), user.email).to_lowercase().contains(&text))
        };
        let found = state.memberships.iter().filter(is_match).filter_map(|found| state.membership_details(found));
        found.map(|found| membership(&found)).collect()
    };
    Ok(with_client(&clerk, &caller.client, &page.counted(list)))
}

#[derive(Deserialize)]
pub(super) struct RoleParam {
    role: String,
}

pub(super) async fn change_role(
    clerk: Clerk,
    Path((organization, user)): Path<(String, String)>,
    caller: Caller,
    Form(params): Form<RoleParam>,
) -> ClientAnswer {
    caller.require_admin(&clerk, &organization)?;
    let member = (organization.as_str(), user.as_str());
    let changed = clerk.commit(|state| commands::change_role(state, member, &params.role, LastAdmin::Required));
    let changed = membership(&changed.await?);
    Ok(with_client(&clerk, &caller.client, &changed))
}

pub(super) async fn remove(
    clerk: Clerk,
    Path((organization, user)): Path<(String, String)>,
    caller: Caller,
) -> ClientAnswer {
    caller.require_admin(&clerk, &organization)?;
    remove_member(&clerk, &caller, &organization, &user).await
}

pub(super) async fn leave(clerk: Clerk, Path(organization): Path<String>, caller: Caller) -> ClientAnswer {
    remove_member(&clerk, &caller, &organization, &caller.session.user).await
}

async fn remove_member(clerk: &Clerk, caller: &Caller, organization: &str, user: &str) -> ClientAnswer {
    let removed =
        clerk.commit(|state| commands::remove_member(state, (organization, user), LastAdmin::Required)).await?;
    Ok(with_client(clerk, &caller.client, &membership(&removed)))
}

pub(super) async fn list_own(clerk: Clerk, caller: Caller) -> Response {
    let list: Vec<_> = {
        let state = clerk.state();
        let found = state.memberships_of(&caller.session.user).filter_map(|found| state.membership_details(found));
        found.map(|found| membership(&found)).collect()
    };
    with_client(&clerk, &caller.client, &json::list(&list, list.len()))
}
