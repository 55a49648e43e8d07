//! Users: create, update, ban, lock, delete; and passwords.

use super::{memberships::remove_memberships, sessions::end_sessions_of};
use crate::model::{MetadataParams, Refused, Result, State, Status, User, ensure};
use crate::{json::deleted, json::users::user as user_json, model::user::check_password_length, random::new_id};
use serde::Deserialize;
use serde_json::Value;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewUserParams {
    email_address: Vec<String>,
    first_name: String,
    last_name: String,
    password: Option<String>,
    skip_password_checks: bool,
    #[serde(flatten)]
    metadata: MetadataParams,
}

/// A new name; absent parts stay as they are.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct NameParams {
    first_name: Option<String>,
    last_name: Option<String>,
}

/// Creates a user with one email address, which counts as verified (Clerk behaviour).
pub(crate) fn create_user(state: &mut State, params: NewUserParams) -> Result<Value> {
    let [email] = params.email_address.as_slice() else {
        return Err(Refused::param("form_data_missing", "email_address", "Exactly one email address is required."));
    };
    let email = email.trim().to_lowercase();
    check_address(&email)?;
    if let Some(password) = params.password.as_ref().filter(|_| !params.skip_password_checks) {
        check_password_length(password, "password")?;
    }
    check_address_is_free(state, &email)?;
    let name = (params.first_name.as_str(), params.last_name.as_str());
    let mut user = User::new(&new_id("user"), name, &email, params.password.as_deref(), state.now_ms);
    user.metadata.merge(params.metadata);
    Ok(add_user(state, user))
}

pub(super) fn add_user(state: &mut State, user: User) -> Value {
    let object = user_json(&user);
    state.users.push(user);
    state.record("user.created", object)
}

pub(crate) fn check_address(email: &str) -> Result<()> {
    let text = "Email address must be a valid email address.";
    ensure(User::is_address(email), Refused::invalid_format("email_address", text))
}

pub(crate) fn check_address_is_free(state: &State, email: &str) -> Result<()> {
    let text = "That email address is taken. Please try another.";
    ensure(state.user_by_email(email).is_none(), Refused::param("form_identifier_exists", "email_address", text))
}

pub(crate) fn update_user(state: &mut State, id: &str, change: impl FnOnce(&mut User)) -> Result<Value> {
    let now_ms = state.now_ms;
    let user = state.user_mut(id)?;
    change(user);
    user.updated_at = now_ms;
    let object = user_json(user);
    Ok(state.record("user.updated", object))
}

pub(crate) fn rename_user(state: &mut State, id: &str, params: NameParams) -> Result<Value> {
    update_user(state, id, |user| {
        user.first_name = params.first_name.unwrap_or_else(|| user.first_name.clone());
        user.last_name = params.last_name.unwrap_or_else(|| user.last_name.clone());
    })
}

pub(crate) fn update_metadata(state: &mut State, id: &str, params: MetadataParams) -> Result<Value> {
    update_user(state, id, |user| user.metadata.merge(params))
}

/// Bans a user and revokes all their sessions.
pub(crate) fn ban_user(state: &mut State, id: &str) -> Result<Value> {
    let user = update_user(state, id, |user| user.banned = true)?;
    end_sessions_of(state, id, None, Status::Revoked)?;
    Ok(user)
}

pub(crate) fn unban_user(state: &mut State, id: &str) -> Result<Value> {
    update_user(state, id, |user| user.banned = false)
}

pub(crate) fn lock_user(state: &mut State, id: &str) -> Result<Value> {
    update_user(state, id, |user| user.locked = true)
}

pub(crate) fn unlock_user(state: &mut State, id: &str) -> Result<Value> {
    update_user(state, id, |user| user.locked = false)
}

/// Deletes a user together with their sessions and memberships.
pub(crate) fn delete_user(state: &mut State, id: &str) -> Result<Value> {
    state.user(id).ok_or_else(Refused::not_found)?;
    end_sessions_of(state, id, None, Status::Revoked)?;
    remove_memberships(state, |membership| membership.user == id);
    state.sessions.retain(|session| session.user != id);
    state.users.retain(|user| user.id != id);
    Ok(state.record("user.deleted", deleted("user", id)))
}

/// The user with this email address and password. A wrong address and a wrong password are refused
/// in the same way.
pub(crate) fn check_credentials(state: &mut State, email: &str, password: &str) -> Result<User> {
    let email = email.trim().to_lowercase();
    let user = state.limited(&email, |state| {
        let user = state.user_by_email(&email).filter(|user| user.is_password(password));
        user.cloned().ok_or_else(wrong_credentials)
    })?;
    user.may_sign_in()?;
    Ok(user)
}

pub(crate) fn wrong_credentials() -> Refused {
    Refused::param("form_password_incorrect", "password", "Email or password is incorrect.")
}

pub(crate) fn set_password(state: &mut State, id: &str, password: &str, param: &'static str) -> Result<Value> {
    check_password_length(password, param)?;
    update_user(state, id, |user| user.set_password(password))
}
