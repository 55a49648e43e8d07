//! Organizations and their memberships. Names of organizations in a path are ids or slugs.

use super::handlers::{create, run, run_on_part, run_with, show};
use crate::commands::{memberships, memberships::LastAdmin, organizations as commands};
use crate::http::{answer::Answer, lists::ListQuery, lists::SortKeys};
use crate::json::organizations::organization;
use crate::model::{Organization, Refused};
use crate::server::Clerk;
use axum::routing::{MethodFilter, get, patch};
use axum::{Json, Router, extract::Path};
use serde::Deserialize;

pub(super) fn routes() -> Router<Clerk> {
    let show = show(|state, name| state.organization(name).map(|found| organization(state, found)));
    let change = run_with(MethodFilter::PATCH, commands::update_organization);
    let delete = run(MethodFilter::DELETE, commands::delete_organization);
    let add_member = |state: &mut _, organization: &str, MemberParams { user_id, role }: MemberParams| {
        memberships::add_member(state, organization, &user_id, &role)
    };
    let members = get(list_members).merge(run_with(MethodFilter::POST, add_member));
    let remove_member = run_on_part(MethodFilter::DELETE, |state, organization, user| {
        memberships::remove_member(state, (organization, user), LastAdmin::Optional)
    });
    Router::new()
        .route("/v1/organizations", get(list).merge(create(commands::create_organization)))
        .route("/v1/organizations/{organization}", show.merge(change).merge(delete))
        .route("/v1/organizations/{organization}/memberships", members)
        .route("/v1/organizations/{organization}/memberships/{user}", patch(change_role).merge(remove_member))
}

const SORT_KEYS: &SortKeys = &[("created_at", "/created_at"), ("name", "/name"), ("members_count", "/members_count")];

async fn list(clerk: Clerk, query: ListQuery) -> Answer {
    let (state, text) = (clerk.state(), query.search("query"));
    let is_match = |found: &&Organization| {
        (found.id == text || format!("{} {}", found.name, found.slug).to_lowercase().contains(&text))
            && query.matches("organization_id", |id| id == found.id)
            && query.matches("user_id", |user| state.membership(&found.id, user).is_some())
    };
    let found = state.organizations.iter().filter(is_match);
    query.answer(found.map(|found| organization(&state, found)), SORT_KEYS)
}

#[derive(Deserialize)]
struct MemberParams {
    user_id: String,
    role: String,
}

const MEMBER_SORT_KEYS: &SortKeys = &[
    ("created_at", "/created_at"),
    ("role", "/role"),
    ("first_name", "/public_user_data/first_name"),
    ("last_name", "/public_user_data/last_name"),
    ("email_address", "/public_user_data/identifier"),
];

async fn list_members(clerk: Clerk, Path(organization): Path<String>, query: ListQuery) -> Answer {
    let state = clerk.state();
    let organization = state.organization(&organization).ok_or_else(Refused::not_found)?;
    query.answer(query.members(&state, &organization.id), MEMBER_SORT_KEYS)
}

async fn change_role(
    clerk: Clerk,
    Path((organization, user)): Path<(String, String)>,
    Json(params): Json<memberships::RoleParam>,
) -> Answer {
    let member = (organization.as_str(), user.as_str());
    let changed = clerk.commit(|state| memberships::change_role(state, member, &params.role, LastAdmin::Optional));
    changed.await.map(Json)
}
