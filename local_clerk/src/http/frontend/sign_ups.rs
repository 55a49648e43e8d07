//! Sign-ups.

use super::caller::{ClientAnswer, with_client};
use crate::model::{Browser, SignUp, SignUpParams};
use crate::{
    clock::now_ms, http::extract::with_client_id, json::sign_ins::sign_up, model::commands::sign_ups as commands,
    server::Clerk,
};
use axum::{Form, extract::Path, response::Response};

fn shown(clerk: &Clerk, found: &SignUp) -> Response {
    with_client(clerk, &found.client, &sign_up(found, now_ms()))
}

pub(super) async fn create(clerk: Clerk, browser: Browser, Form(params): Form<SignUpParams>) -> ClientAnswer {
    let browser = with_client_id(browser);
    let created = clerk.commit(|state| commands::create_sign_up(state, &browser, &params)).await?;
    Ok(shown(&clerk, &created))
}

pub(super) async fn show(clerk: Clerk, Path(id): Path<String>, browser: Browser) -> ClientAnswer {
    let found = commands::find_sign_up(&clerk.state(), &browser, &id)?;
    Ok(shown(&clerk, &found))
}

pub(super) async fn update(
    clerk: Clerk,
    Path(id): Path<String>,
    browser: Browser,
    Form(params): Form<SignUpParams>,
) -> ClientAnswer {
    let updated = clerk.commit(|state| commands::update_sign_up(state, &browser, &id, &params)).await?;
    Ok(shown(&clerk, &updated))
}

pub(super) async fn prepare_verification(
    clerk: Clerk,
    Path(id): Path<String>,
    browser: Browser,
    Form(params): Form<SignUpParams>,
) -> ClientAnswer {
    let strategy = &params.strategy;
    let found = clerk.commit(|state| commands::prepare_verification(state, &browser, &id, strategy)).await?;
    Ok(shown(&clerk, &found))
}

pub(super) async fn attempt_verification(
    clerk: Clerk,
    Path(id): Path<String>,
    browser: Browser,
    Form(params): Form<SignUpParams>,
) -> ClientAnswer {
    let found = clerk.commit(|state| commands::attempt_verification(state, &browser, &id, &params)).await?;
    Ok(shown(&clerk, &found))
}
