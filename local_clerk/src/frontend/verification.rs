//! Proving again who somebody is, in a running session: with the password or a code by e-mail, and with an authenticator app.

use super::sessions::field;
use super::sign_ins::strategy_unknown;
use super::{Own, refused_with, with_client};
use crate::session::client;
use crate::state::Session;
use crate::{Clerk, factors, now_ms, objects};
use axum::Form;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

fn verification(clerk: &Clerk, session: &Session, status: &str, level: &str) -> Value {
    let state = clerk.state();
    let user = state.user(&session.user);
    let second = user.is_some_and(|user| user.totp.is_some());
    json!({
        "object": "session_reverification", "status": status, "level": level,
        "session": clerk.own_session(&state, session, now_ms()),
        "supported_first_factors": user.map(|user| factors::first_factors(user, false)).unwrap_or_default(),
        "supported_second_factors": if second { json!([{ "strategy": "totp" }]) } else { Value::Null },
        "first_factor_verification": if status == "needs_first_factor" { Value::Null } else { objects::verified("password") },
        "second_factor_verification": null,
    })
}

/// A level above the first factor falls back to it for those who have no second one.
pub(super) async fn start(State(clerk): State<Clerk>, Own(session): Own, headers: HeaderMap, form: Bytes) -> Response {
    let level = field(&form, "level").unwrap_or_else(|| "first_factor".to_owned());
    let second = clerk.state().user(&session.user).is_some_and(|user| user.totp.is_some());
    let status = if level == "second_factor" && second { "needs_second_factor" } else { "needs_first_factor" };
    let level = if second { level } else { "first_factor".to_owned() };
    clerk.state().flows.begin_verification(&session.id, &level);
    let object = verification(&clerk, &session, status, &level);
    with_client(&clerk, client(&headers), &object)
}

#[derive(Deserialize)]
pub(super) struct Attempt {
    strategy: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
}

pub(super) async fn attempt_first_factor(
    State(clerk): State<Clerk>,
    Own(session): Own,
    headers: HeaderMap,
    Form(attempt): Form<Attempt>,
) -> Response {
    let verified = match attempt.strategy.as_str() {
        "password" => clerk
            .verify_again(&session.id, &attempt.password)
            .map_err(|error| refused_with(error, "This password is not correct.")),
        "email_code" => clerk.verify_by_mail(&session.id, &attempt.code),
        _ => Err(strategy_unknown()),
    };
    match verified {
        Ok(session) => {
            let level = clerk.state().flows.verification(&session.id);
            let status = if level == "multi_factor" { "needs_second_factor" } else { "complete" };
            let object = verification(&clerk, &session, status, &level);
            with_client(&clerk, client(&headers), &object)
        }
        Err(refused) => refused,
    }
}

pub(super) async fn attempt_second_factor(
    State(clerk): State<Clerk>,
    Own(session): Own,
    headers: HeaderMap,
    Form(attempt): Form<Attempt>,
) -> Response {
    if attempt.strategy != "totp" {
        return strategy_unknown();
    }
    if let Err(refused) = clerk.check_code(&session.user, &attempt.code) {
        return refused;
    }
    let level = clerk.state().flows.verification(&session.id);
    let verified = clerk.change_session(&session.id, |session, now_ms| session.second_verified_at = Some(now_ms));
    let object = verification(&clerk, &verified.unwrap_or(session), "complete", &level);
    with_client(&clerk, client(&headers), &object)
}

pub(super) async fn prepare_first_factor(
    State(clerk): State<Clerk>,
    Own(session): Own,
    headers: HeaderMap,
    form: Bytes,
) -> Response {
    if field(&form, "strategy").as_deref() != Some("email_code") {
        return strategy_unknown();
    }
    if let Err(refused) = clerk.send_code(&session.id, "email_code", &clerk.address_of(&session.user)) {
        return refused;
    }
    let level = clerk.state().flows.verification(&session.id);
    let mut object = verification(&clerk, &session, "needs_first_factor", &level);
    object["first_factor_verification"] = factors::sent("email_code", now_ms());
    with_client(&clerk, client(&headers), &object)
}

impl Clerk {
    fn address_of(&self, user: &str) -> String {
        self.state().user(user).map(|user| user.email.clone()).unwrap_or_default()
    }

    #[expect(clippy::result_large_err, reason = "a refusal is an answer")]
    fn verify_by_mail(&self, session: &str, code: &str) -> Result<Session, Response> {
        let user = self.state().session_mut(session).map(|session| session.user.clone()).unwrap_or_default();
        self.take_code(session, "email_code", &self.address_of(&user), code)?;
        let verified = self.change_session(session, |session, now_ms| session.verified_at = now_ms);
        verified.ok_or_else(crate::answer::not_found)
    }
}
