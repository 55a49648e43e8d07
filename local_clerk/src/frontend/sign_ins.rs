//! Signing in step by step: who, the password, and for some a code of their authenticator app.

use super::{client_or_new, with_client};
use crate::flows::SignIn;
use crate::hosted::browser;
use crate::session::client;
use crate::state::PasswordError;
use crate::{Clerk, answer, now_ms, objects, totp};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Step {
    #[serde(default)]
    identifier: String,
    #[serde(default)]
    strategy: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
}

/// In two steps, or in one where a browser has filled in both fields.
pub(super) async fn create(State(clerk): State<Clerk>, headers: HeaderMap, Form(step): Form<Step>) -> Response {
    let client = client_or_new(&headers);
    if !step.strategy.is_empty() && step.strategy != "password" {
        return strategy_unknown();
    }
    let flow = clerk.state().flows.begin_sign_in(&client, &step.identifier, now_ms());
    // Whether somebody has this address is told with the password, and in the same words.
    if step.password.is_empty() { shown(&clerk, &flow) } else { with_password(&clerk, &headers, flow, &step.password) }
}

pub(super) async fn current(State(clerk): State<Clerk>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match found(&clerk, &id, &headers) {
        Some(flow) => shown(&clerk, &flow),
        None => answer::not_found(),
    }
}

pub(super) async fn attempt_first_factor(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(step): Form<Step>,
) -> Response {
    match found(&clerk, &id, &headers) {
        None => answer::not_found(),
        Some(_) if step.strategy != "password" => strategy_unknown(),
        Some(flow) => with_password(&clerk, &headers, flow, &step.password),
    }
}

pub(super) async fn attempt_second_factor(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(step): Form<Step>,
) -> Response {
    let Some(flow) = found(&clerk, &id, &headers) else { return answer::not_found() };
    let Some(user) = flow.user.clone().filter(|_| step.strategy == "totp") else { return strategy_unknown() };
    match clerk.check_code(&user, &step.code) {
        Ok(()) => signed_in(&clerk, &headers, &flow, &user, true),
        Err(refused) => refused,
    }
}

fn found(clerk: &Clerk, id: &str, headers: &HeaderMap) -> Option<SignIn> {
    clerk.state().flows.sign_in_mut(id, client(headers), now_ms()).cloned()
}

fn with_password(clerk: &Clerk, headers: &HeaderMap, flow: SignIn, password: &str) -> Response {
    let checked = clerk.state().check_password(&flow.identifier, password, now_ms());
    let user = match checked {
        Ok(user) => user,
        Err(error) => return refused(error),
    };
    if clerk.state().user(&user).is_some_and(|user| user.totp.is_none()) {
        return signed_in(clerk, headers, &flow, &user, false);
    }
    let flow = SignIn { user: Some(user.clone()), ..flow };
    if let Some(kept) = clerk.state().flows.sign_in_mut(&flow.id, &flow.client, now_ms()) {
        kept.user = Some(user);
    }
    shown(clerk, &flow)
}

/// The browser gets a new name with its session: one that was known before is worth nothing after.
fn signed_in(clerk: &Clerk, headers: &HeaderMap, flow: &SignIn, user: &str, second: bool) -> Response {
    let session = {
        let mut state = clerk.state();
        state.flows.end_sign_in(&flow.client);
        let session = state.sign_in(user, browser(headers), now_ms());
        match state.session_mut(&session.id) {
            Some(kept) if second => {
                kept.second_verified_at = Some(kept.verified_at);
                kept.clone()
            }
            _ => session,
        }
    };
    clerk.save();
    clerk.webhooks.session(&session);
    let flow = SignIn { session: Some(session.id.clone()), client: session.client.clone(), ..flow.clone() };
    shown(clerk, &flow)
}

fn shown(clerk: &Clerk, flow: &SignIn) -> Response {
    let object = objects::sign_in(&clerk.state(), flow);
    with_client(clerk, &flow.client, &object)
}

pub(super) fn strategy_unknown() -> Response {
    answer::error(
        StatusCode::UNPROCESSABLE_ENTITY,
        "strategy_for_user_invalid",
        "This way is not open to this account.",
    )
}

fn refused(error: PasswordError) -> Response {
    refused_with(error, "Email and password do not fit. Try again.")
}

/// With the words for a wrong password: before a sign-in they must not tell whether somebody has the address.
pub(super) fn refused_with(error: PasswordError, wrong: &str) -> Response {
    match error {
        PasswordError::Wrong => answer::field_error("form_password_incorrect", "password", wrong),
        PasswordError::Locked => answer::error(StatusCode::FORBIDDEN, "user_locked", "This account is locked."),
        PasswordError::TooMany => answer::error(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "Too many attempts. Try again in a minute.",
        ),
    }
}

impl Clerk {
    /// Checks a code of the user's authenticator app; wrong ones count as wrong passwords do.
    #[expect(clippy::result_large_err, reason = "a refusal is an answer")]
    pub(crate) fn check_code(&self, user: &str, code: &str) -> Result<(), Response> {
        let mut state = self.state();
        let now_ms = now_ms();
        if !state.may_try(user, now_ms) {
            return Err(refused(PasswordError::TooMany));
        }
        let secret = state.user(user).and_then(|user| user.totp.clone());
        if secret.is_some_and(|secret| totp::is_right(&secret, code, now_ms / 1000)) {
            return Ok(());
        }
        state.attempts.push((user.to_owned(), now_ms));
        Err(answer::field_error("form_code_incorrect", "code", "This code is not right. Try the next one."))
    }
}
