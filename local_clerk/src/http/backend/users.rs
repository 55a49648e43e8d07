//! Users.

use crate::http::lists::{ListQuery, Page, SortKeys};
use crate::json::users::{user, user_with_activity};
use crate::model::commands::users::{NameParams, NewUserParams};
use crate::model::{MetadataParams, Refused, Result, State, User};
use crate::{
    http::answer::Answer, json, json::organizations::membership, model::commands::users as commands, server::Clerk,
};
use axum::{Json, extract::Path, extract::Query, routing::MethodRouter, routing::post};
use serde_json::{Value, json};

const SORT_KEYS: &SortKeys = &[
    ("created_at", "/created_at"),
    ("updated_at", "/updated_at"),
    ("email_address", "/email_addresses/0/email_address"),
    ("first_name", "/first_name"),
    ("last_name", "/last_name"),
    ("username", "/username"),
    ("phone_number", "/phone_numbers/0/phone_number"),
    ("web3wallet", "/web3_wallets/0/web3_wallet"),
    ("last_active_at", "/last_active_at"),
    ("last_sign_in_at", "/last_sign_in_at"),
];

fn matching(clerk: &Clerk, query: &ListQuery) -> Vec<Value> {
    let state = clerk.state();
    let (text, name) = (query.search("query"), query.search("name_query"));
    let email = query.search("email_address_query");
    let is_match = |user: &&User| {
        format!("{} {} {}", user.name(), user.email, user.id).to_lowercase().contains(&text)
            && user.name().to_lowercase().contains(&name)
            && user.email.contains(&email)
            && query.matches("email_address", |email| email.eq_ignore_ascii_case(&user.email))
            && query.matches("user_id", |id| id == user.id)
            && query.matches("organization_id", |id| state.membership(id, &user.id).is_some())
            && query.matches("banned", |banned| banned == user.banned.to_string())
    };
    let is_in_time = |object: &Value| {
        let times = ["created_at", "last_active_at", "last_sign_in_at"];
        times.iter().all(|name| query.is_in_time(name, object[name].as_i64()))
    };
    let found = state.users.iter().filter(is_match).map(|user| user_with_activity(&state, user));
    found.filter(is_in_time).collect()
}

pub(super) async fn list(clerk: Clerk, Query(query): Query<ListQuery>, Query(page): Query<Page>) -> Answer {
    let found = matching(&clerk, &query);
    let list = query.after_cursor(query.sorted(found, SORT_KEYS)?)?;
    Ok(Json(page.of(list).into()))
}

pub(super) async fn count(clerk: Clerk, Query(query): Query<ListQuery>) -> Json<Value> {
    Json(json!({ "object": "total_count", "total_count": matching(&clerk, &query).len() }))
}

pub(super) async fn show(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let state = clerk.state();
    state.user(&id).map(|user| Json(user_with_activity(&state, user))).ok_or_else(Refused::not_found)
}

pub(super) async fn create(clerk: Clerk, Json(params): Json<NewUserParams>) -> Answer {
    clerk.commit(|state| commands::create_user(state, params)).await.map(to_json)
}

pub(super) async fn rename(clerk: Clerk, Path(id): Path<String>, Json(params): Json<NameParams>) -> Answer {
    clerk.commit(|state| commands::rename_user(state, &id, params)).await.map(to_json)
}

pub(super) async fn update_metadata(
    clerk: Clerk,
    Path(id): Path<String>,
    Json(params): Json<MetadataParams>,
) -> Answer {
    clerk.commit(|state| commands::update_metadata(state, &id, params)).await.map(to_json)
}

/// A route that bans, unbans, locks or unlocks a user.
pub(super) fn route_of(command: fn(&mut State, &str) -> Result<User>) -> MethodRouter<Clerk> {
    post(async move |clerk: Clerk, Path(id): Path<String>| clerk.commit(|state| command(state, &id)).await.map(to_json))
}

pub(super) async fn delete(clerk: Clerk, Path(id): Path<String>) -> Answer {
    clerk.commit(|state| commands::delete_user(state, &id)).await?;
    Ok(Json(json::deleted("user", &id)))
}

pub(super) async fn memberships(clerk: Clerk, Path(id): Path<String>, Query(page): Query<Page>) -> Answer {
    let state = clerk.state();
    state.user(&id).ok_or_else(Refused::not_found)?;
    let found = state.memberships_of(&id).filter_map(|found| state.membership_details(found));
    Ok(page.counted(found.map(|found| membership(&found)).collect()))
}

fn to_json(found: User) -> Json<Value> {
    Json(user(&found))
}
