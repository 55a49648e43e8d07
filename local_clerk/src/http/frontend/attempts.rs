//! Sign-ins and sign-ups, which the same handlers run step by step.

use super::caller::{ClientAnswer, with_client};
use crate::json::sign_ins::{sign_in, sign_up};
use crate::model::attempt::{Attempt, Attempts};
use crate::model::{Browser, Result, SignInDetails, SignUpDetails, State, StepParams};
use crate::{http::extract::with_client_id, server::Clerk};
use axum::routing::{MethodFilter, MethodRouter, get, on, post};
use axum::{Form, extract::Path, response::Response};
use serde_json::Value;

/// A kind of attempts: where they are kept, and how the API shows them.
#[derive(Clone)]
pub(super) struct Kind<T: 'static> {
    all: fn(&State) -> &Attempts<T>,
    to_json: fn(&State, &Attempt<T>) -> Value,
}

pub(super) const SIGN_INS: Kind<SignInDetails> = Kind { all: |state| &state.sign_ins, to_json: sign_in };
pub(super) const SIGN_UPS: Kind<SignUpDetails> = Kind { all: |state| &state.sign_ups, to_json: sign_up };

impl<T: Clone + Send> Kind<T> {
    fn answer(&self, clerk: &Clerk, attempt: &Attempt<T>) -> Response {
        let object = (self.to_json)(&clerk.state(), attempt);
        with_client(clerk, &attempt.browser.client, &object)
    }

    pub(super) fn show(self) -> MethodRouter<Clerk> {
        get(async move |clerk: Clerk, Path(id): Path<String>, browser: Browser| -> ClientAnswer {
            let found = (self.all)(&clerk.state()).find(&browser, &id)?;
            Ok(self.answer(&clerk, &found))
        })
    }

    pub(super) fn create(
        self,
        command: fn(&mut State, &Browser, &StepParams) -> Result<Attempt<T>>,
    ) -> MethodRouter<Clerk> {
        post(async move |clerk: Clerk, browser: Browser, Form(params): Form<StepParams>| -> ClientAnswer {
            let browser = with_client_id(browser);
            let created = clerk.commit(|state| command(state, &browser, &params)).await?;
            Ok(self.answer(&clerk, &created))
        })
    }

    /// Continues an attempt with the parameters of a step.
    pub(super) fn step(
        self,
        method: MethodFilter,
        command: fn(&mut State, Attempt<T>, &StepParams) -> Result<Attempt<T>>,
    ) -> MethodRouter<Clerk> {
        on(
            method,
            async move |clerk: Clerk,
                        Path(id): Path<String>,
                        browser: Browser,
                        Form(params): Form<StepParams>|
                        -> ClientAnswer {
                let continued = clerk.commit(|state| {
                    let found = (self.all)(state).find(&browser, &id)?;
                    command(state, found, &params)
                });
                Ok(self.answer(&clerk, &continued.await?))
            },
        )
    }
}
