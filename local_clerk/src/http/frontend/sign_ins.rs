//! Sign-ins.

use super::client_answer::{ClientAnswer, with_client};
use crate::http::browser::with_client_id;
use crate::json::sign_ins::sign_in;
use crate::model::browser::Browser;
use crate::model::commands::sign_ins as commands;
use crate::model::commands::ticket_sign_in::create_ticket_sign_in;
use crate::model::sign_in::{SignIn, SignInParams};
use crate::server::Clerk;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;

fn shown(clerk: &Clerk, found: &SignIn) -> Response {
    let object = sign_in(&clerk.state(), found);
    with_client(clerk, &found.client, &object)
}

pub(super) async fn create(
    State(clerk): State<Clerk>,
    browser: Browser,
    Form(params): Form<SignInParams>,
) -> ClientAnswer {
    let browser = with_client_id(browser);
    let created = clerk.commit(|state| match params.strategy.as_str() {
        "ticket" => create_ticket_sign_in(state, &browser, &params.ticket),
        _ => commands::create_sign_in(state, &browser, &params),
    });
    Ok(shown(&clerk, &created.await?))
}

pub(super) async fn show(State(clerk): State<Clerk>, Path(id): Path<String>, browser: Browser) -> ClientAnswer {
    let found = commands::find_sign_in(&clerk.state(), &browser, &id)?;
    Ok(shown(&clerk, &found))
}

pub(super) async fn prepare_first_factor(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    browser: Browser,
    Form(params): Form<SignInParams>,
) -> ClientAnswer {
    let found = clerk.commit(|state| commands::prepare_first_factor(state, &browser, &id, &params)).await?;
    Ok(shown(&clerk, &found))
}

pub(super) async fn attempt_first_factor(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    browser: Browser,
    Form(params): Form<SignInParams>,
) -> ClientAnswer {
    let found = clerk.commit(|state| commands::attempt_first_factor(state, &browser, &id, &params)).await?;
    Ok(shown(&clerk, &found))
}

pub(super) async fn attempt_second_factor(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    browser: Browser,
    Form(params): Form<SignInParams>,
) -> ClientAnswer {
    let found = clerk.commit(|state| commands::attempt_second_factor(state, &browser, &id, &params)).await?;
    Ok(shown(&clerk, &found))
}

pub(super) async fn reset_password(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    browser: Browser,
    Form(params): Form<SignInParams>,
) -> ClientAnswer {
    let found = clerk.commit(|state| commands::reset_password(state, &browser, &id, &params)).await?;
    Ok(shown(&clerk, &found))
}
