//! Sign-ins.

use super::caller::{ClientAnswer, with_client};
use crate::model::{Browser, Result, SignIn, SignInParams, State};
use crate::{
    http::extract::with_client_id, json::sign_ins::sign_in, model::commands::sign_ins as commands,
    model::commands::tickets::create_ticket_sign_in, server::Clerk,
};
use axum::{Form, extract::Path, response::Response, routing::MethodRouter, routing::post};

fn shown(clerk: &Clerk, found: &SignIn) -> Response {
    let object = sign_in(&clerk.state(), found);
    with_client(clerk, &found.client, &object)
}

pub(super) async fn create(clerk: Clerk, browser: Browser, Form(params): Form<SignInParams>) -> ClientAnswer {
    let browser = with_client_id(browser);
    let created = clerk.commit(|state| match params.strategy.as_str() {
        "ticket" => create_ticket_sign_in(state, &browser, &params.ticket),
        _ => commands::create_sign_in(state, &browser, &params),
    });
    Ok(shown(&clerk, &created.await?))
}

pub(super) async fn show(clerk: Clerk, Path(id): Path<String>, browser: Browser) -> ClientAnswer {
    let found = commands::find_sign_in(&clerk.state(), &browser, &id)?;
    Ok(shown(&clerk, &found))
}

/// A route that runs a step of a sign-in.
pub(super) fn step(command: fn(&mut State, &Browser, &str, &SignInParams) -> Result<SignIn>) -> MethodRouter<Clerk> {
    post(async move |clerk: Clerk, Path(id): Path<String>, browser: Browser, Form(params): Form<SignInParams>| {
        let found = clerk.commit(|state| command(state, &browser, &id, &params)).await?;
        ClientAnswer::Ok(shown(&clerk, &found))
    })
}
