//! Reverification of a running session, and the authenticator app of its user.

use super::caller::{Caller, ClientAnswer, SessionInPath, mint, with_client};
use crate::model::commands::factors::{confirm_totp, remove_totp, start_totp_enrolment};
use crate::model::commands::reverification::{Reverification, ReverificationParams};
use crate::{
    clock::now_ms, http::extract::field, json, json::sessions::reverification, json::sign_ins::code_sent,
    json::users::totp, model::Browser, model::commands::reverification as commands, random::new_id, server::Clerk,
};
use axum::{Form, body::Bytes, response::Response};
use serde::Deserialize;
use serde_json::Value;

fn to_json(clerk: &Clerk, current: &Reverification) -> Value {
    reverification(&clerk.state(), current, &mint(clerk))
}

fn shown(clerk: &Clerk, browser: &Browser, current: &Reverification) -> Response {
    with_client(clerk, &browser.client, &to_json(clerk, current))
}

pub(super) async fn start(
    clerk: Clerk,
    SessionInPath(session): SessionInPath,
    browser: Browser,
    form: Bytes,
) -> Response {
    let level = field(&form, "level").unwrap_or_default();
    let started = commands::start_reverification(&mut clerk.state(), &session, &level);
    shown(&clerk, &browser, &started)
}

pub(super) async fn prepare_first_factor(
    clerk: Clerk,
    SessionInPath(session): SessionInPath,
    browser: Browser,
    form: Bytes,
) -> ClientAnswer {
    let strategy = field(&form, "strategy").unwrap_or_default();
    let prepared = clerk.commit(|state| commands::prepare_first_factor(state, &session, &strategy)).await?;
    let mut object = to_json(&clerk, &prepared);
    object["first_factor_verification"] = code_sent(&strategy, clerk.state().now_ms);
    Ok(with_client(&clerk, &browser.client, &object))
}

pub(super) async fn attempt_first_factor(
    clerk: Clerk,
    SessionInPath(session): SessionInPath,
    browser: Browser,
    Form(params): Form<ReverificationParams>,
) -> ClientAnswer {
    let verified = clerk.commit(|state| commands::attempt_first_factor(state, &session, &params)).await?;
    Ok(shown(&clerk, &browser, &verified))
}

pub(super) async fn attempt_second_factor(
    clerk: Clerk,
    SessionInPath(session): SessionInPath,
    browser: Browser,
    Form(params): Form<ReverificationParams>,
) -> ClientAnswer {
    let verified = clerk.commit(|state| commands::attempt_second_factor(state, &session, &params)).await?;
    Ok(shown(&clerk, &browser, &verified))
}

/// A new secret, which is unused until its first code is confirmed.
pub(super) async fn create(clerk: Clerk, caller: Caller) -> Response {
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

pub(super) async fn attempt_verification(clerk: Clerk, caller: Caller, Form(params): Form<CodeParam>) -> ClientAnswer {
    let session = &caller.session;
    clerk.commit(|state| confirm_totp(state, &session.user, &session.id, &params.code)).await?;
    Ok(with_client(&clerk, &caller.client, &totp(&new_id("totp"), None, now_ms())))
}

pub(super) async fn remove(clerk: Clerk, caller: Caller) -> ClientAnswer {
    let user = &caller.session.user;
    clerk.commit(|state| remove_totp(state, user)).await?;
    Ok(with_client(&clerk, &caller.client, &json::deleted("totp", &format!("totp_{user}"))))
}
