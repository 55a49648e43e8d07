//! The person who asks: name, password, sessions, organizations.

use super::{signed_out, with_client};
use crate::session::client;
use crate::state::{Session, Status};
use crate::{Clerk, answer, objects};
use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

fn answered(clerk: &Clerk, headers: &HeaderMap, of: impl FnOnce(&Session) -> Value) -> Response {
    match clerk.session(headers) {
        Some(session) => {
            let object = of(&session);
            with_client(clerk, client(headers), &object)
        }
        None => signed_out(),
    }
}

fn user(clerk: &Clerk, session: &Session) -> Value {
    clerk.own_session(&clerk.state(), session, crate::now_ms())["user"].take()
}

pub(super) async fn show(State(clerk): State<Clerk>, headers: HeaderMap) -> Response {
    answered(&clerk, &headers, |session| user(&clerk, session))
}

#[derive(Deserialize)]
pub(super) struct Name {
    first_name: Option<String>,
    last_name: Option<String>,
}

pub(super) async fn change(State(clerk): State<Clerk>, headers: HeaderMap, Form(name): Form<Name>) -> Response {
    let changed = clerk.session(&headers).and_then(|session| {
        clerk.change_user(&session.user, |user| {
            user.first_name = name.first_name.unwrap_or_else(|| user.first_name.clone());
            user.last_name = name.last_name.unwrap_or_else(|| user.last_name.clone());
        })
    });
    match changed {
        Some(_) => show(State(clerk), headers).await,
        None => signed_out(),
    }
}

#[derive(Deserialize)]
pub(super) struct NewPassword {
    #[serde(default)]
    current_password: String,
    new_password: String,
}

pub(super) async fn change_password(
    State(clerk): State<Clerk>,
    headers: HeaderMap,
    Form(asked): Form<NewPassword>,
) -> Response {
    let Some(session) = clerk.session(&headers) else { return signed_out() };
    if let Err(error) = clerk.verify_again(&session.id, &asked.current_password) {
        return super::sign_ins::refused_with(error, "This password is not correct.");
    }
    if asked.new_password.chars().count() < 8 {
        return answer::field_error("form_password_length_too_short", "new_password", "At least 8 characters.");
    }
    clerk.change_user(&session.user, |user| user.set_password(&asked.new_password));
    show(State(clerk), headers).await
}

pub(super) async fn sessions(State(clerk): State<Clerk>, headers: HeaderMap) -> Response {
    answered(&clerk, &headers, |own| {
        let state = clerk.state();
        let running = state.sessions.iter().filter(|other| other.user == own.user && other.status == Status::Active);
        running.map(objects::session).collect()
    })
}

pub(super) async fn memberships(State(clerk): State<Clerk>, headers: HeaderMap) -> Response {
    answered(&clerk, &headers, |own| {
        let state = clerk.state();
        let list: Vec<_> =
            state.memberships_of(&own.user).filter_map(|membership| objects::membership(&state, membership)).collect();
        json!({ "total_count": list.len(), "data": list })
    })
}

pub(super) async fn nothing(State(clerk): State<Clerk>, headers: HeaderMap) -> Response {
    answered(&clerk, &headers, |_| json!({ "total_count": 0, "data": [] }))
}
