//! People.

use super::Page;
use super::lists::{Asked, Keys};
use crate::roles::new_id;
use crate::state::{State as Everything, Status, User};
use crate::webhooks::Change;
use crate::{Clerk, answer, metadata, now_ms, objects};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

const KEYS: &Keys = &[
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

/// A user with what their sessions tell.
fn seen(state: &Everything, user: &User) -> Value {
    let own = || state.sessions.iter().filter(|session| session.user == user.id);
    let mut object = objects::user(user);
    object["last_active_at"] = json!(own().map(|session| session.updated_at).max());
    object["last_sign_in_at"] = json!(own().map(|session| session.created_at).max());
    object
}

fn matching(state: &Everything, asked: &Asked) -> Vec<Value> {
    let (text, name, email) = (asked.text("query"), asked.text("name_query"), asked.text("email_address_query"));
    let fits = |user: &&User| {
        format!("{} {} {}", user.name(), user.email, user.id).to_lowercase().contains(&text)
            && user.name().to_lowercase().contains(&name)
            && user.email.contains(&email)
            && asked.any("email_address", |email| email.eq_ignore_ascii_case(&user.email))
            && asked.any("user_id", |id| id == user.id)
            && asked.any("organization_id", |id| state.membership(id, &user.id).is_some())
            && asked.any("banned", |banned| banned == user.banned.to_string())
    };
    let in_time = |object: &Value| {
        let times = ["created_at", "last_active_at", "last_sign_in_at"];
        times.iter().all(|name| asked.has_time(name, object[name].as_i64()))
    };
    state.users.iter().filter(fits).map(|user| seen(state, user)).filter(in_time).collect()
}

pub(super) async fn list(State(clerk): State<Clerk>, Query(asked): Query<Asked>, Query(page): Query<Page>) -> Response {
    let found = matching(&clerk.state(), &asked);
    let ordered = match asked.ordered(found, KEYS) {
        Ok(ordered) => ordered,
        Err(refused) => return refused,
    };
    asked.after_cursor(ordered).map_or_else(|refused| refused, |list| Json(page.of(list)).into_response())
}

pub(super) async fn count(State(clerk): State<Clerk>, Query(asked): Query<Asked>) -> Json<Value> {
    Json(json!({ "object": "total_count", "total_count": matching(&clerk.state(), &asked).len() }))
}

pub(super) async fn show(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    let state = clerk.state();
    shown(state.user(&id).map(|user| seen(&state, user)))
}

fn shown(user: Option<Value>) -> Response {
    user.map_or_else(answer::not_found, |user| Json(user).into_response())
}

#[derive(Deserialize)]
pub(super) struct NewUser {
    #[serde(default)]
    email_address: Vec<String>,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    password: Option<String>,
    #[serde(default)]
    skip_password_checks: bool,
    #[serde(flatten)]
    metadata: metadata::Change,
}

/// With one address, which counts as verified (Clerk behaviour).
pub(super) async fn create(State(clerk): State<Clerk>, Json(asked): Json<NewUser>) -> Response {
    let [email] = asked.email_address.as_slice() else {
        return answer::field_error("form_data_missing", "email_address", "One address is needed, and one is enough.");
    };
    let email = email.trim().to_lowercase();
    if !email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()) {
        return answer::field_error("form_param_format_invalid", "email_address", "This is no address.");
    }
    let short = asked.password.as_ref().is_some_and(|password| password.chars().count() < 8);
    if short && !asked.skip_password_checks {
        return answer::field_error("form_password_length_too_short", "password", "At least 8 characters.");
    }
    let name = (asked.first_name.as_str(), asked.last_name.as_str());
    let mut user = User::new(&new_id("user"), name, &email, asked.password.as_deref(), now_ms());
    user.metadata.merge(asked.metadata);
    {
        let mut state = clerk.state();
        if state.users.iter().any(|user| user.email == email) {
            return answer::field_error("form_identifier_exists", "email_address", "Somebody has this address.");
        }
        clerk.webhooks.user(&user, Change::Created);
        state.users.push(user.clone());
    }
    clerk.save();
    Json(objects::user(&user)).into_response()
}

#[derive(Deserialize)]
pub(super) struct Name {
    first_name: Option<String>,
    last_name: Option<String>,
}

pub(super) async fn change(State(clerk): State<Clerk>, Path(id): Path<String>, Json(name): Json<Name>) -> Response {
    shown(clerk.change_user(&id, |user| {
        user.first_name = name.first_name.unwrap_or_else(|| user.first_name.clone());
        user.last_name = name.last_name.unwrap_or_else(|| user.last_name.clone());
    }))
}

pub(super) async fn change_metadata(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    Json(change): Json<metadata::Change>,
) -> Response {
    shown(clerk.change_user(&id, |user| user.metadata.merge(change)))
}

/// Ends all sessions of the user as well.
pub(super) async fn ban(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    let banned = clerk.change_user(&id, |user| user.banned = true);
    clerk.end_sessions_of(&id, None, Status::Revoked);
    shown(banned)
}

pub(super) async fn unban(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    shown(clerk.change_user(&id, |user| user.banned = false))
}

pub(super) async fn lock(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    shown(clerk.change_user(&id, |user| user.locked = true))
}

pub(super) async fn unlock(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    shown(clerk.change_user(&id, |user| user.locked = false))
}

pub(super) async fn memberships(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Response {
    let state = clerk.state();
    if state.user(&id).is_none() {
        return answer::not_found();
    }
    page.counted(state.memberships_of(&id).filter_map(|found| objects::membership(&state, found)).collect())
}
