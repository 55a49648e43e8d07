//! The signed-in user: name, password, sessions, authenticator app.

use super::caller::{Caller, ClientAnswer};
use crate::commands::reverification::{NewPasswordParams, change_password as change};
use crate::commands::users::{NameParams, rename_user};
use crate::commands::{factors, sessions::end_session};
use crate::json::{deleted, list, sessions::own_user, sessions::session, users::totp};
use crate::model::{Refused, State, Status, StepParams};
use crate::{clock::now_ms, random::new_id};
use axum::{Form, Json, extract::Path, response::Response};
use serde_json::Value;

pub(super) async fn show(caller: Caller) -> Response {
    caller.read(|state| own_user(state, &caller.session.user))
}

pub(super) async fn rename(caller: Caller, Form(params): Form<NameParams>) -> ClientAnswer {
    caller.clerk.commit(|state| rename_user(state, &caller.session.user, params)).await?;
    Ok(show(caller).await)
}

pub(super) async fn change_password(caller: Caller, Form(params): Form<NewPasswordParams>) -> ClientAnswer {
    caller.clerk.commit(|state| change(state, &caller.session, &params)).await?;
    Ok(show(caller).await)
}

fn running_sessions(state: &State, user: &str) -> Value {
    let running = state.sessions.iter().filter(|found| found.user == user && found.is_running(state.now_ms));
    running.map(session).collect()
}

pub(super) async fn sessions(caller: Caller) -> Response {
    caller.read(|state| running_sessions(state, &caller.session.user))
}

/// Without the client (Clerk behaviour).
pub(super) async fn active_sessions(caller: Caller) -> Json<Value> {
    Json(running_sessions(&caller.clerk.state(), &caller.session.user))
}

pub(super) async fn revoke_session(Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    let revoke = |state: &mut State| {
        let own = state.session(&id).filter(|found| found.user == caller.session.user);
        own.ok_or_else(Refused::not_found)?;
        Ok(session(&end_session(state, &id, Status::Revoked)?))
    };
    caller.run(revoke).await
}

/// A new secret, which is unused until its first code is confirmed.
pub(super) async fn create_totp(caller: Caller) -> Response {
    let (secret, email) = {
        let (mut state, user) = (caller.clerk.state(), &caller.session.user);
        let email = state.user(user).map(|user| user.email.clone()).unwrap_or_default();
        (factors::start_totp_enrolment(&mut state, user), email)
    };
    caller.answer(&totp(&new_id("totp"), &caller.clerk.options.application, Some((&secret, &email)), now_ms()))
}

pub(super) async fn confirm_totp(caller: Caller, Form(params): Form<StepParams>) -> ClientAnswer {
    let session = &caller.session;
    caller.clerk.commit(|state| factors::confirm_totp(state, &session.user, &session.id, &params.code)).await?;
    Ok(caller.answer(&totp(&new_id("totp"), &caller.clerk.options.application, None, now_ms())))
}

pub(super) async fn remove_totp(caller: Caller) -> ClientAnswer {
    let user = &caller.session.user;
    caller.clerk.commit(|state| factors::remove_totp(state, user)).await?;
    Ok(caller.answer(&deleted("totp", &format!("totp_{user}"))))
}

/// A list that is always empty here, such as suggested organizations.
pub(super) async fn empty_list(caller: Caller) -> Response {
    caller.answer(&list([]))
}
