//! The authenticator app of the signed-in user.

use super::caller::Caller;
use super::client_answer::{ClientAnswer, with_client};
use crate::clock::now_ms;
use crate::json;
use crate::json::users::totp;
use crate::model::commands::second_factor::{confirm_totp, remove_totp, start_totp_enrolment};
use crate::random::new_id;
use crate::server::Clerk;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

/// A new secret, which is unused until its first code is confirmed.
pub(super) async fn create(State(clerk): State<Clerk>, caller: Caller) -> Response {
    let (secret, email) = {
        let (mut state, user) = (clerk.state(), &caller.session.user);
        let email = state.user(user).map(|user| user.email.clone()).unwrap_or_default();
        (start_totp_enrolment(&mut state, user), email)
    };
    with_client(&clerk, &caller.client, &totp(&new_id("totp"), Some((&secret, &email)), now_ms()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeParam {
    code: String,
}

pub(super) async fn attempt_verification(
    State(clerk): State<Clerk>,
    caller: Caller,
    Form(params): Form<CodeParam>,
) -> ClientAnswer {
    let session = &caller.session;
    clerk.commit(|state| confirm_totp(state, &session.user, &session.id, &params.code)).await?;
    Ok(with_client(&clerk, &caller.client, &totp(&new_id("totp"), None, now_ms())))
}

pub(super) async fn remove(State(clerk): State<Clerk>, caller: Caller) -> ClientAnswer {
    let user = &caller.session.user;
    clerk.commit(|state| remove_totp(state, user)).await?;
    Ok(with_client(&clerk, &caller.client, &json::deleted("totp", &format!("totp_{user}"))))
}
