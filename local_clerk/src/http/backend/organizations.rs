//! Organizations and their memberships. Names of organizations in a path are ids or slugs.

use super::handlers::{create, run, run_with, show};
use crate::http::{answer::Answer, lists::ListQuery, lists::SortKeys};
use crate::json::{deleted, organizations::membership, organizations::organization};
use crate::model::commands::{memberships, memberships::LastAdmin, organizations as commands};
use crate::model::{Membership, Organization, Refused};
use crate::server::Clerk;
use axum::routing::{MethodFilter, get, patch};
use axum::{Json, Router, extract::Path};
use serde::Deserialize;

pub(super) fn routes() -> Router<Clerk> {
    let show =
        show(|state, name| state.organization(name).map(|found| organization(&state.organization_details(found))));
    let change = run_with(MethodFilter::PATCH, commands::update_organization, organization);
    let delete = run(MethodFilter::DELETE, commands::delete_organization, deleted);
    let add_member = |state: &mut _, organization: &str, MemberParams { user_id, role }: MemberParams| {
        memberships::add_member(state, organization, &user_id, &role)
    };
    let members = get(list_members).merge(run_with(MethodFilter::POST, add_member, membership));
    Router::new()
        .route("/v1/organizations", get(list).merge(create(commands::create_organization, organization)))
        .route("/v1/organizations/{organization}", show.merge(change).merge(delete))
        .route("/v1/organizations/{organization}/memberships", members)
        .route("/v1/organizations/{organization}/memberships/{user}", patch(change_role).delete(remove_member))
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
    query.answer(found.map(|found| organization(&state.organization_details(found))), SORT_KEYS)
}

#[derive(Deserialize)]
struct MemberParams {
    user_id: String,
    role: String,
}

#[derive(Deserialize)]
struct RoleParam {
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
    let (state, text) = (clerk.state(), query.search("query"));
    let organization = state.organization(&organization).ok_or_else(Refused::not_found)?;
    let is_match = |found: &&Membership| {
        let user = state.user(&found.user).map(|user| format!("{} {} {}", user.name(), user.email, user.id));
        found.organization == organization.id
            && user.is_some_and(|user| user.to_lowercase().contains(&text))
            && query.matches("role", |role| role.trim_start_matches("org:") == found.role)
            && query.matches("user_id", |user| user == found.user)
    };
    let found = state.memberships.iter().filter(is_match).filter_map(|found| state.membership_details(found));
    query.answer(found.map(|found| membership(&found)), MEMBER_SORT_KEYS)
}

type MemberPath = Path<(String, String)>;

async fn change_role(clerk: Clerk, Path((organization, user)): MemberPath, Json(params): Json<RoleParam>) -> Answer {
    let member = (organization.as_str(), user.as_str());
    let changed = clerk.commit(|state| memberships::change_role(state, member, &params.role, LastAdmin::Optional));
    Ok(Json(membership(&changed.await?)))
}

async fn remove_member(clerk: Clerk, Path((organization, user)): MemberPath) -> Answer {
    let member = (organization.as_str(), user.as_str());
    let removed = clerk.commit(|state| memberships::remove_member(state, member, LastAdmin::Optional)).await?;
    Ok(Json(membership(&removed)))
}
