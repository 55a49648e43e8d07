//! Reverification of a running session, step by step.

use super::caller::{ClientAnswer, InPath, mint};
use crate::commands::reverification as commands;
use crate::model::{Result, Reverification, Session, State, StepParams};
use crate::{http::extract::Fields, json::sessions::reverification, server::Clerk};
use axum::{Router, routing::MethodRouter, routing::post};

pub(super) fn routes() -> Router<Clerk> {
    Router::new()
        .route("/", step(commands::start_reverification))
        .route("/prepare_first_factor", step(commands::prepare_first_factor))
        .route("/attempt_first_factor", step(commands::attempt_first_factor))
        .route("/prepare_second_factor", step(commands::start_reverification))
        .route("/attempt_second_factor", step(commands::attempt_second_factor))
}

fn step(command: fn(&mut State, &Session, &StepParams) -> Result<Reverification>) -> MethodRouter<Clerk> {
    post(async move |InPath(caller): InPath, Fields(params): Fields<StepParams>| -> ClientAnswer {
        let done = caller.clerk.commit(|state| command(state, &caller.session, &params)).await?;
        Ok(caller.read(|state| reverification(state, &done, &mint(&caller.clerk))))
    })
}
