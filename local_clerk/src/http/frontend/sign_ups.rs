//! Sign-ups.

use super::caller::{ClientAnswer, with_client};
use crate::model::{Browser, Result, SignUp, SignUpParams, State};
use crate::{
    clock::now_ms, http::extract::with_client_id, json::sign_ins::sign_up, model::commands::sign_ups as commands,
    server::Clerk,
};
use axum::{Form, extract::Path, response::Response, routing::MethodFilter, routing::MethodRouter, routing::on};

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

type Command = fn(&mut State, &Browser, &str, &SignUpParams) -> Result<SignUp>;

/// A route that runs a step of a sign-up.
pub(super) fn step(method: MethodFilter, command: Command) -> MethodRouter<Clerk> {
    on(method, async move |clerk: Clerk, Path(id): Path<String>, browser: Browser, Form(params): Form<SignUpParams>| {
        let found = clerk.commit(|state| command(state, &browser, &id, &params)).await?;
        ClientAnswer::Ok(shown(&clerk, &found))
    })
}
