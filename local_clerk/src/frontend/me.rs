//! The person who asks: name, password, sessions, organizations.

use super::caller::Caller;
use super::{refused_with, with_client};
use crate::sign_up::check_new_password;
use crate::state::{Session, Status};
use crate::{Clerk, answer, now_ms, objects};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::{Value, json};

fn user(clerk: &Clerk, session: &Session) -> Value {
    clerk.own_session(&clerk.state(), session, now_ms())["user"].take()
}

pub(super) async fn show(State(clerk): State<Clerk>, caller: Caller) -> Response {
    let user = user(&clerk, &caller.session);
    with_client(&clerk, &caller.client, &user)
}

#[derive(Deserialize)]
pub(super) struct Name {
    first_name: Option<String>,
    last_name: Option<String>,
}

pub(super) async fn change(State(clerk): State<Clerk>, caller: Caller, Form(name): Form<Name>) -> Response {
    clerk.change_user(&caller.session.user, |user| {
        user.first_name = name.first_name.unwrap_or_else(|| user.first_name.clone());
        user.last_name = name.last_name.unwrap_or_else(|| user.last_name.clone());
    });
    show(State(clerk), caller).await
}

#[derive(Deserialize)]
pub(super) struct NewPassword {
    #[serde(default)]
    current_password: String,
    new_password: String,
    #[serde(default)]
    sign_out_of_other_sessions: bool,
}

pub(super) async fn change_password(
    State(clerk): State<Clerk>,
    caller: Caller,
    Form(asked): Form<NewPassword>,
) -> Response {
    let session = &caller.session;
    if let Err(error) = clerk.verify_again(&session.id, &asked.current_password) {
        return refused_with(error, "This password is not correct.");
    }
    if let Err(refused) = check_new_password(&asked.new_password, "new_password") {
        return refused;
    }
    clerk.change_user(&session.user, |user| user.set_password(&asked.new_password));
    if asked.sign_out_of_other_sessions {
        clerk.end_sessions_of(&session.user, Some(&session.id), Status::Revoked);
    }
    show(State(clerk), caller).await
}

fn running(clerk: &Clerk, user: &str) -> Vec<Value> {
    let state = clerk.state();
    let running = state.sessions.iter().filter(|other| other.user == user && other.is_running(now_ms()));
    running.map(objects::session).collect()
}

pub(super) async fn sessions(State(clerk): State<Clerk>, caller: Caller) -> Response {
    let list = running(&clerk, &caller.session.user);
    with_client(&clerk, &caller.client, &list.into())
}

/// Without the browser beside it (Clerk behaviour).
pub(super) async fn active_sessions(State(clerk): State<Clerk>, caller: Caller) -> Response {
    Json(running(&clerk, &caller.session.user)).into_response()
}

pub(super) async fn revoke_session(State(clerk): State<Clerk>, Path(id): Path<String>, caller: Caller) -> Response {
    let own = clerk.state().sessions.iter().any(|found| found.id == id && found.user == caller.session.user);
    match if own { clerk.end_session(&id, Status::Revoked) } else { None } {
        Some(session) => with_client(&clerk, &caller.client, &objects::session(&session)),
        None => answer::not_found(),
    }
}

pub(super) async fn memberships(State(clerk): State<Clerk>, caller: Caller) -> Response {
    let list: Vec<_> = {
        let state = clerk.state();
        state.memberships_of(&caller.session.user).filter_map(|found| objects::membership(&state, found)).collect()
    };
    with_client(&clerk, &caller.client, &json!({ "total_count": list.len(), "data": list }))
}

pub(super) async fn leave(State(clerk): State<Clerk>, Path(organization): Path<String>, caller: Caller) -> Response {
    match clerk.remove_member(&organization, &caller.session.user) {
        Ok(object) => with_client(&clerk, &caller.client, &object),
        Err(refused) => refused,
    }
}

pub(super) async fn invitations(State(clerk): State<Clerk>, caller: Caller) -> Response {
    let list: Vec<_> = {
        let state = clerk.state();
        state.invitations_to(&caller.session.user).map(|found| found.object(&state)).collect()
    };
    with_client(&clerk, &caller.client, &json!({ "total_count": list.len(), "data": list }))
}

pub(super) async fn accept(State(clerk): State<Clerk>, Path(id): Path<String>, caller: Caller) -> Response {
    let accepted = clerk.accept(&id, &caller.session.user);
    let object = accepted.map(|invitation| invitation.object(&clerk.state()));
    object.map_or_else(answer::not_found, |object| with_client(&clerk, &caller.client, &object))
}

pub(super) async fn nothing(State(clerk): State<Clerk>, caller: Caller) -> Response {
    with_client(&clerk, &caller.client, &json!({ "total_count": 0, "data": [] }))
}
