//! Users.

use super::handlers::{create, run, run_with, show};
use crate::http::lists::{ListQuery, SortKeys};
use crate::json::{organizations::membership, users::user_with_activity};
use crate::model::{Refused, User};
use crate::{commands::users as commands, http::answer::Answer, server::Clerk};
use axum::routing::{MethodFilter, get};
use axum::{Json, Router, extract::Path};
use serde_json::{Value, json};

pub(super) fn routes() -> Router<Clerk> {
    let show = show(|state, id| state.user(id).map(|found| user_with_activity(state, found)));
    let change = run_with(MethodFilter::PATCH, commands::rename_user);
    let delete = run(MethodFilter::DELETE, commands::delete_user);
    let post = |command| run(MethodFilter::POST, command);
    Router::new()
        .route("/v1/users", get(list).merge(create(commands::create_user)))
        .route("/v1/users/count", get(count))
        .route("/v1/users/{user}", show.merge(change).merge(delete))
        .route("/v1/users/{user}/metadata", run_with(MethodFilter::PATCH, commands::update_metadata))
        .route("/v1/users/{user}/ban", post(commands::ban_user))
        .route("/v1/users/{user}/unban", post(commands::unban_user))
        .route("/v1/users/{user}/lock", post(commands::lock_user))
        .route("/v1/users/{user}/unlock", post(commands::unlock_user))
        .route("/v1/users/{user}/organization_memberships", get(memberships))
}

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

async fn list(clerk: Clerk, query: ListQuery) -> Answer {
    let found = matching(&clerk, &query);
    let list = query.after_cursor(query.sorted(found, SORT_KEYS)?)?;
    Ok(Json(query.part(list).into()))
}

async fn count(clerk: Clerk, query: ListQuery) -> Json<Value> {
    Json(json!({ "object": "total_count", "total_count": matching(&clerk, &query).len() }))
}

async fn memberships(clerk: Clerk, Path(id): Path<String>, query: ListQuery) -> Answer {
    let state = clerk.state();
    state.user(&id).ok_or_else(Refused::not_found)?;
    Ok(Json(query.page(state.memberships_of(&id).map(|found| membership(&state, found)).collect())))
}
