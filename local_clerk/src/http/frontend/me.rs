//! The signed-in user: name, password, sessions.

use super::caller::Caller;
use super::client_answer::{ClientAnswer, with_client};
use crate::json;
use crate::json::client::own_user;
use crate::json::sessions::session;
use crate::model::commands::reverification::{NewPasswordParams, change_password as change};
use crate::model::commands::sessions::end_session;
use crate::model::commands::users::{NameParams, rename_user};
use crate::model::refused::Refused;
use crate::model::session::Status;
use crate::server::Clerk;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Form, Json};
use serde_json::Value;

pub(super) async fn show(State(clerk): State<Clerk>, caller: Caller) -> Response {
    let user = own_user(&clerk.state(), &caller.session.user);
    with_client(&clerk, &caller.client, &user)
}

pub(super) async fn rename(State(clerk): State<Clerk>, caller: Caller, Form(params): Form<NameParams>) -> ClientAnswer {
    clerk.commit(|state| rename_user(state, &caller.session.user, params)).await?;
    Ok(show(State(clerk), caller).await)
}

pub(super) async fn change_password(
    State(clerk): State<Clerk>,
    caller: Caller,
    Form(params): Form<NewPasswordParams>,
) -> ClientAnswer {
    clerk.commit(|state| change(state, &caller.session, &params)).await?;
    Ok(show(State(clerk), caller).await)
}

fn running_sessions(clerk: &Clerk, user: &str) -> Vec<Value> {
    let state = clerk.state();
    let running = state.sessions.iter().filter(|found| found.user == user && found.is_running(state.now_ms));
    running.map(session).collect()
}

pub(super) async fn sessions(State(clerk): State<Clerk>, caller: Caller) -> Response {
    let list = running_sessions(&clerk, &caller.session.user);
    with_client(&clerk, &caller.client, &list.into())
}

/// Without the client (Clerk behaviour).
pub(super) async fn active_sessions(State(clerk): State<Clerk>, caller: Caller) -> Json<Value> {
    Json(running_sessions(&clerk, &caller.session.user).into())
}

pub(super) async fn revoke_session(State(clerk): State<Clerk>, Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    let revoked = clerk.commit(|state| {
        let own = state.session(&id).filter(|found| found.user == caller.session.user);
        own.ok_or_else(Refused::not_found)?;
        end_session(state, &id, Status::Revoked)
    });
    let revoked = session(&revoked.await?);
    Ok(with_client(&clerk, &caller.client, &revoked))
}

/// A list that is always empty here, such as suggested organizations.
pub(super) async fn empty_list(State(clerk): State<Clerk>, caller: Caller) -> Response {
    with_client(&clerk, &caller.client, &json::list(&[], 0))
}
