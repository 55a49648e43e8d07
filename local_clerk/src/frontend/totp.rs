//! An authenticator app of one's own: its secret, the first code that proves it is there, and the end of it.

use super::caller::Caller;
use super::with_client;
use crate::state::PasswordError;
use crate::{Clerk, answer, identity, now_ms, totp};
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

fn object(secret: Option<(&str, &str)>, verified: bool) -> Value {
    let now_ms = now_ms();
    let uri = secret.map(|(secret, email)| {
        let mut uri = format!("otpauth://totp/Gatehouse:{email}?secret={secret}&issuer=Gatehouse");
        uri.push_str("&algorithm=SHA1&digits=6&period=30");
        uri
    });
    json!({
        "object": "totp", "id": format!("totp_{}", identity::random_id()), "secret": secret.map(|(secret, _)| secret), "uri": uri,
        "verified": verified, "backup_codes": null, "created_at": now_ms, "updated_at": now_ms,
    })
}

/// The secret counts for nothing until a code of it has come back.
pub(super) async fn create(State(clerk): State<Clerk>, caller: Caller) -> Response {
    let user = &caller.session.user;
    let (secret, email) = {
        let mut state = clerk.state();
        let email = state.user(user).map(|user| user.email.clone()).unwrap_or_default();
        let secret = totp::new_secret();
        state.flows.enrolments.retain(|(found, _)| found != user);
        state.flows.enrolments.push((user.clone(), secret.clone()));
        (secret, email)
    };
    with_client(&clerk, &caller.client, &object(Some((&secret, &email)), false))
}

#[derive(Deserialize)]
pub(super) struct Code {
    #[serde(default)]
    code: String,
}

pub(super) async fn attempt(State(clerk): State<Clerk>, caller: Caller, Form(given): Form<Code>) -> Response {
    let user = &caller.session.user;
    let right = {
        let (mut state, now_ms) = (clerk.state(), now_ms());
        if !state.may_try(user, now_ms) {
            return super::refused(PasswordError::TooMany);
        }
        let secret = state.flows.enrolments.iter().find(|(found, _)| found == user).map(|(_, secret)| secret.clone());
        let right = secret.filter(|secret| totp::is_right(secret, &given.code, now_ms / 1000));
        match right {
            Some(_) => state.flows.enrolments.retain(|(found, _)| found != user),
            None => state.attempts.push((user.clone(), now_ms)),
        }
        right
    };
    let Some(secret) = right else {
        return answer::field_error("form_code_incorrect", "code", "This code is not right. Try the next one.");
    };
    clerk.change_user(user, |user| user.totp = Some(secret));
    clerk.change_session(&caller.session.id, |session, now_ms| session.second_verified_at = Some(now_ms));
    with_client(&clerk, &caller.client, &object(None, true))
}

pub(super) async fn remove(State(clerk): State<Clerk>, caller: Caller) -> Response {
    clerk.change_user(&caller.session.user, |user| user.totp = None);
    let deleted = json!({ "object": "totp", "id": format!("totp_{}", caller.session.user), "deleted": true });
    with_client(&clerk, &caller.client, &deleted)
}
