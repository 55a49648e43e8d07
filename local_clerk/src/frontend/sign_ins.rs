//! Signing in step by step: who, a password or a code or a link, and for some a code of their authenticator app.

use super::{client_or_new, refused, with_client};
use crate::arrivals::Arrival;
use crate::flows::SignIn;
use crate::hosted::browser;
use crate::session::client;
use crate::sign_up::check_new_password;
use crate::state::{PasswordError, Status};
use crate::{Clerk, answer, now_ms, totp};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Step {
    identifier: String,
    strategy: String,
    password: String,
    code: String,
    pub(super) ticket: String,
    email_address_id: String,
    sign_out_of_other_sessions: bool,
}

/// In two steps, or in one where a browser has filled in both fields or somebody comes by a link.
pub(super) async fn create(State(clerk): State<Clerk>, headers: HeaderMap, Form(step): Form<Step>) -> Response {
    let client = client_or_new(&headers);
    if step.strategy == "ticket" {
        return super::tickets::sign_in(&clerk, &headers, &client, &step.ticket);
    }
    if !matches!(step.strategy.as_str(), "" | "password" | "email_code") {
        return strategy_unknown();
    }
    if let Some(refused) = not_to_be_begun(&clerk, &client, &step.identifier) {
        return refused;
    }
    let flow = clerk.state().flows.begin_sign_in(&client, &step.identifier, now_ms());
    match (step.password.is_empty(), step.strategy == "email_code") {
        (false, _) => with_password(&clerk, &headers, flow, &step.password),
        (true, true) => with_code_sent(&clerk, flow, "email_code"),
        (true, false) => shown(&clerk, &flow),
    }
}

/// Nobody has the address, or the browser has their session already (Clerk behaviour, without protection of addresses against guessing).
fn not_to_be_begun(clerk: &Clerk, client: &str, identifier: &str) -> Option<Response> {
    let (state, email) = (clerk.state(), identifier.trim().to_lowercase());
    let Some(user) = state.users.iter().find(|user| user.email == email) else {
        let text = "No account has this address.";
        return (!email.is_empty()).then(|| answer::field_error("form_identifier_not_found", "identifier", text));
    };
    let session = state.sessions_of_client(client).find(|found| found.user == user.id && found.actor.is_none())?;
    let text = "You are signed in to this account already.";
    let error = json!({
        "code": "identifier_already_signed_in", "message": text, "long_message": text, "meta": { "session_id": session.id },
    });
    Some(answer::errors(StatusCode::BAD_REQUEST, &[error]))
}

pub(super) async fn current(State(clerk): State<Clerk>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    found(&clerk, &id, &headers).map_or_else(answer::not_found, |flow| shown(&clerk, &flow))
}

pub(super) async fn prepare_first_factor(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(step): Form<Step>,
) -> Response {
    match found(&clerk, &id, &headers) {
        None => answer::not_found(),
        Some(flow) if is_by_mail(&step.strategy) => {
            let state = clerk.state();
            let user = state.users.iter().find(|user| user.email == flow.identifier);
            let own = user.map(crate::objects::email_id);
            drop(state);
            if !step.email_address_id.is_empty() && own.as_deref() != Some(&step.email_address_id) {
                return answer::not_found();
            }
            with_code_sent(&clerk, flow, &step.strategy)
        }
        Some(_) => strategy_unknown(),
    }
}

fn is_by_mail(strategy: &str) -> bool {
    matches!(strategy, "email_code" | "reset_password_email_code")
}

fn with_code_sent(clerk: &Clerk, flow: SignIn, strategy: &str) -> Response {
    if flow.identifier.is_empty() {
        return strategy_unknown();
    }
    match clerk.send_code(&flow.id, strategy, &flow.identifier) {
        Ok(()) => kept(clerk, SignIn { first: strategy.to_owned(), ..flow }),
        Err(refused) => refused,
    }
}

pub(super) async fn attempt_first_factor(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(step): Form<Step>,
) -> Response {
    let Some(flow) = found(&clerk, &id, &headers) else { return answer::not_found() };
    if step.strategy == "password" {
        return with_password(&clerk, &headers, flow, &step.password);
    }
    if !is_by_mail(&step.strategy) {
        return strategy_unknown();
    }
    if let Err(refused) = clerk.take_code(&flow.id, &step.strategy, &flow.identifier, &step.code) {
        return refused;
    }
    let user = clerk.state().users.iter().find(|user| user.email == flow.identifier).map(|user| user.id.clone());
    let resets = step.strategy == "reset_password_email_code";
    let flow = SignIn { first: step.strategy, resets, ..flow };
    proved(&clerk, &headers, flow, user.as_deref().unwrap_or_default())
}

pub(super) async fn attempt_second_factor(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(step): Form<Step>,
) -> Response {
    let Some(flow) = found(&clerk, &id, &headers) else { return answer::not_found() };
    let asked = flow.user.clone().filter(|_| step.strategy == "totp" && !flow.resets);
    let Some(user) = asked else { return strategy_unknown() };
    match clerk.check_code(&user, &step.code) {
        Ok(()) => signed_in(&clerk, &headers, &flow, &user, true),
        Err(refused) => refused,
    }
}

/// The end of a forgotten password: a new one, after the code.
pub(super) async fn reset_password(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(step): Form<Step>,
) -> Response {
    let Some(flow) = found(&clerk, &id, &headers) else { return answer::not_found() };
    let Some(user) = flow.user.clone().filter(|_| flow.resets) else { return strategy_unknown() };
    if let Err(refused) = check_new_password(&step.password, "password") {
        return refused;
    }
    clerk.change_user(&user, |user| user.set_password(&step.password));
    if step.sign_out_of_other_sessions {
        clerk.end_sessions_of(&user, None, Status::Ended);
    }
    proved(&clerk, &headers, SignIn { resets: false, ..flow }, &user)
}

fn found(clerk: &Clerk, id: &str, headers: &HeaderMap) -> Option<SignIn> {
    clerk.state().flows.sign_in_mut(id, client(headers), now_ms()).cloned()
}

fn with_password(clerk: &Clerk, headers: &HeaderMap, flow: SignIn, password: &str) -> Response {
    let checked = clerk.state().check_password(&flow.identifier, password, now_ms());
    match checked {
        Ok(user) => proved(clerk, headers, SignIn { first: "password".to_owned(), ..flow }, &user),
        Err(error) => refused(error),
    }
}

/// The first factor is proved: what comes next depends on the account.
pub(super) fn proved(clerk: &Clerk, headers: &HeaderMap, flow: SignIn, user: &str) -> Response {
    let (may, second) = {
        let state = clerk.state();
        let Some(user) = state.user(user) else { return answer::not_found() };
        (user.may_come_in(), user.totp.is_some())
    };
    if let Err(error) = may {
        return refused(error);
    }
    if flow.resets || second {
        return kept(clerk, SignIn { user: Some(user.to_owned()), ..flow });
    }
    signed_in(clerk, headers, &flow, user, false)
}

/// The browser gets a new name with its session: one that was known before is worth nothing after.
fn signed_in(clerk: &Clerk, headers: &HeaderMap, flow: &SignIn, user: &str, second: bool) -> Response {
    let (user, browser) = (user.to_owned(), browser(headers).to_owned());
    let arrival = Arrival { user, client: flow.client.clone(), browser, second, ..Arrival::default() };
    arrived(clerk, flow, &arrival)
}

pub(super) fn arrived(clerk: &Clerk, flow: &SignIn, arrival: &Arrival) -> Response {
    if let Some(invitation) = &flow.invitation {
        clerk.accept(invitation, &arrival.user);
    }
    clerk.state().flows.end_sign_in(&flow.client);
    match clerk.arrive(arrival) {
        Ok(session) => {
            let flow = SignIn { session: Some(session.id), client: session.client, ..flow.clone() };
            shown(clerk, &flow)
        }
        Err(error) => refused(error),
    }
}

fn kept(clerk: &Clerk, flow: SignIn) -> Response {
    if let Some(kept) = clerk.state().flows.sign_in_mut(&flow.id, &flow.client, now_ms()) {
        *kept = flow.clone();
    }
    shown(clerk, &flow)
}

fn shown(clerk: &Clerk, flow: &SignIn) -> Response {
    let object = flow.object(&clerk.state());
    with_client(clerk, &flow.client, &object)
}

pub(super) fn strategy_unknown() -> Response {
    answer::error(
        StatusCode::UNPROCESSABLE_ENTITY,
        "strategy_for_user_invalid",
        "This way is not open to this account.",
    )
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
