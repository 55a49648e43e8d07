//! Memberships of organizations.

use crate::http::lists::{ListQuery, Page, SortKeys};
use crate::model::{Membership, Refused};
use crate::{
    http::answer::Answer, json::organizations::membership, model::commands::memberships as commands,
    model::commands::memberships::LastAdmin, server::Clerk,
};
use axum::{Json, extract::Path, extract::Query};
use serde::Deserialize;

const SORT_KEYS: &SortKeys = &[
    ("created_at", "/created_at"),
    ("role", "/role"),
    ("first_name", "/public_user_data/first_name"),
    ("last_name", "/public_user_data/last_name"),
    ("email_address", "/public_user_data/identifier"),
];

pub(super) async fn list(
    clerk: Clerk,
    Path(organization): Path<String>,
    Query(query): Query<ListQuery>,
    Query(page): Query<Page>,
) -> Answer {
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
    Ok(page.counted(query.sorted(found.map(|found| membership(&found)).collect(), SORT_KEYS)?))
}

#[derive(Deserialize)]
pub(super) struct MemberParams {
    user_id: String,
    role: String,
}

#[derive(Deserialize)]
pub(super) struct RoleParam {
    role: String,
}

pub(super) async fn create(clerk: Clerk, Path(organization): Path<String>, Json(params): Json<MemberParams>) -> Answer {
    let (user, role) = (&params.user_id, &params.role);
    let added = clerk.commit(|state| commands::add_member(state, &organization, user, role)).await?;
    Ok(Json(membership(&added)))
}

pub(super) async fn change_role(
    clerk: Clerk,
    Path((organization, user)): Path<(String, String)>,
    Json(params): Json<RoleParam>,
) -> Answer {
    let member = (organization.as_str(), user.as_str());
    let changed = clerk.commit(|state| commands::change_role(state, member, &params.role, LastAdmin::Optional));
    Ok(Json(membership(&changed.await?)))
}

pub(super) async fn delete(clerk: Clerk, Path((organization, user)): Path<(String, String)>) -> Answer {
    let member = (organization.as_str(), user.as_str());
    let removed = clerk.commit(|state| commands::remove_member(state, member, LastAdmin::Optional)).await?;
    Ok(Json(membership(&removed)))
}
