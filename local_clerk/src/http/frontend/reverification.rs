//! Reverification of a running session: password or code by email, and authenticator app.

use super::caller::SessionInPath;
use super::client_answer::{ClientAnswer, mint, with_client};
use crate::http::form::field;
use crate::json::reverification::reverification;
use crate::json::verifications::code_sent;
use crate::model::browser::Browser;
use crate::model::commands::reverification as commands;
use crate::model::commands::reverification::{Reverification, ReverificationParams};
use crate::server::Clerk;
use axum::Form;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

fn to_json(clerk: &Clerk, current: &Reverification) -> Value {
    reverification(&clerk.state(), current, &mint(clerk))
}

fn shown(clerk: &Clerk, browser: &Browser, current: &Reverification) -> Response {
    with_client(clerk, &browser.client, &to_json(clerk, current))
}

pub(super) async fn start(
    State(clerk): State<Clerk>,
    SessionInPath(session): SessionInPath,
    browser: Browser,
    form: Bytes,
) -> Response {
    let level = field(&form, "level").unwrap_or_default();
    let started = commands::start_reverification(&mut clerk.state(), &session, &level);
    shown(&clerk, &browser, &started)
}

pub(super) async fn prepare_first_factor(
    State(clerk): State<Clerk>,
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
    State(clerk): State<Clerk>,
    SessionInPath(session): SessionInPath,
    browser: Browser,
    Form(params): Form<ReverificationParams>,
) -> ClientAnswer {
    let verified = clerk.commit(|state| commands::attempt_first_factor(state, &session, &params)).await?;
    Ok(shown(&clerk, &browser, &verified))
}

pub(super) async fn attempt_second_factor(
    State(clerk): State<Clerk>,
    SessionInPath(session): SessionInPath,
    browser: Browser,
    Form(params): Form<ReverificationParams>,
) -> ClientAnswer {
    let verified = clerk.commit(|state| commands::attempt_second_factor(state, &session, &params)).await?;
    Ok(shown(&clerk, &browser, &verified))
}
