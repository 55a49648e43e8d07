//! Memberships of organizations.

use super::handlers::run_with;
use crate::http::lists::{ListQuery, SortKeys};
use crate::model::{Membership, Refused, commands::memberships as commands, commands::memberships::LastAdmin};
use crate::{http::answer::Answer, json::organizations::membership, server::Clerk};
use axum::routing::{MethodFilter, get, patch};
use axum::{Json, Router, extract::Path};
use serde::Deserialize;

pub(super) fn routes() -> Router<Clerk> {
    let add = |state: &mut _, organization: &str, MemberParams { user_id, role }: MemberParams| {
        commands::add_member(state, organization, &user_id, &role)
    };
    let memberships = get(list).merge(run_with(MethodFilter::POST, add, membership));
    Router::new()
        .route("/v1/organizations/{organization}/memberships", memberships)
        .route("/v1/organizations/{organization}/memberships/{user}", patch(change_role).delete(delete))
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

const SORT_KEYS: &SortKeys = &[
    ("created_at", "/created_at"),
    ("role", "/role"),
    ("first_name", "/public_user_data/first_name"),
    ("last_name", "/public_user_data/last_name"),
    ("email_address", "/public_user_data/identifier"),
];

async fn list(clerk: Clerk, Path(organization): Path<String>, query: ListQuery) -> Answer {
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
    query.answer(found.map(|found| membership(&found)), SORT_KEYS)
}

type MemberPath = Path<(String, String)>;

async fn change_role(clerk: Clerk, Path((organization, user)): MemberPath, Json(params): Json<RoleParam>) -> Answer {
    let member = (organization.as_str(), user.as_str());
    let changed = clerk.commit(|state| commands::change_role(state, member, &params.role, LastAdmin::Optional));
    Ok(Json(membership(&changed.await?)))
}

async fn delete(clerk: Clerk, Path((organization, user)): MemberPath) -> Answer {
    let member = (organization.as_str(), user.as_str());
    let removed = clerk.commit(|state| commands::remove_member(state, member, LastAdmin::Optional)).await?;
    Ok(Json(membership(&removed)))
}
