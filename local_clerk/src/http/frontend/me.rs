//! The signed-in user: name, password, sessions.

use super::caller::{Caller, ClientAnswer, with_client};
use crate::json::sessions::{own_user, session};
use crate::model::commands::users::{NameParams, rename_user};
use crate::model::{Refused, Status};
use crate::{
    json, model::commands::reverification::NewPasswordParams,
    model::commands::reverification::change_password as change, model::commands::sessions::end_session, server::Clerk,
};
use axum::{Form, Json, extract::Path, response::Response};
use serde_json::Value;

pub(super) async fn show(clerk: Clerk, caller: Caller) -> Response {
    let user = own_user(&clerk.state(), &caller.session.user);
    with_client(&clerk, &caller.client, &user)
}

pub(super) async fn rename(clerk: Clerk, caller: Caller, Form(params): Form<NameParams>) -> ClientAnswer {
    clerk.commit(|state| rename_user(state, &caller.session.user, params)).await?;
    Ok(show(clerk, caller).await)
}

pub(super) async fn change_password(
    clerk: Clerk,
    caller: Caller,
    Form(params): Form<NewPasswordParams>,
) -> ClientAnswer {
    clerk.commit(|state| change(state, &caller.session, &params)).await?;
    Ok(show(clerk, caller).await)
}

fn running_sessions(clerk: &Clerk, user: &str) -> Vec<Value> {
    let state = clerk.state();
    let running = state.sessions.iter().filter(|found| found.user == user && found.is_running(state.now_ms));
    running.map(session).collect()
}

pub(super) async fn sessions(clerk: Clerk, caller: Caller) -> Response {
    let list = running_sessions(&clerk, &caller.session.user);
    with_client(&clerk, &caller.client, &list.into())
}

/// Without the client (Clerk behaviour).
pub(super) async fn active_sessions(clerk: Clerk, caller: Caller) -> Json<Value> {
    Json(running_sessions(&clerk, &caller.session.user).into())
}

pub(super) async fn revoke_session(clerk: Clerk, Path(id): Path<String>, caller: Caller) -> ClientAnswer {
    let revoked = clerk.commit(|state| {
        let own = state.session(&id).filter(|found| found.user == caller.session.user);
        own.ok_or_else(Refused::not_found)?;
        end_session(state, &id, Status::Revoked)
    });
    let revoked = session(&revoked.await?);
    Ok(with_client(&clerk, &caller.client, &revoked))
}

/// A list that is always empty here, such as suggested organizations.
pub(super) async fn empty_list(clerk: Clerk, caller: Caller) -> Response {
    with_client(&clerk, &caller.client, &json::list(&[], 0))
}
