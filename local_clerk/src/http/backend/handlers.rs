//! Handlers that look an object up or run one command, and answer with the object.

use crate::model::{Refused, Result, State};
use crate::{http::answer::Answer, server::Clerk};
use axum::routing::{MethodFilter, MethodRouter, get, on, post};
use axum::{Json, extract::Path};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Shows the object with the id in the path.
pub(super) fn show(find: fn(&State, &str) -> Option<Value>) -> MethodRouter<Clerk> {
    get(async move |clerk: Clerk, Path(id): Path<String>| -> Answer {
        find(&clerk.state(), &id).map(Json).ok_or_else(Refused::not_found)
    })
}

/// Creates an object with the parameters in the body.
pub(super) fn create<P: DeserializeOwned + Send + 'static>(
    command: fn(&mut State, P) -> Result<Value>,
) -> MethodRouter<Clerk> {
    post(async move |clerk: Clerk, Json(params): Json<P>| -> Answer {
        clerk.commit(|state| command(state, params)).await.map(Json)
    })
}

/// Runs a command on the object with the id in the path.
pub(super) fn run(method: MethodFilter, command: fn(&mut State, &str) -> Result<Value>) -> MethodRouter<Clerk> {
    on(method, async move |clerk: Clerk, Path(id): Path<String>| -> Answer {
        clerk.commit(|state| command(state, &id)).await.map(Json)
    })
}

/// As [`run`], for a path with a second id.
pub(super) fn run_on_part(
    method: MethodFilter,
    command: fn(&mut State, &str, &str) -> Result<Value>,
) -> MethodRouter<Clerk> {
    on(method, async move |clerk: Clerk, Path((id, part)): Path<(String, String)>| -> Answer {
        clerk.commit(|state| command(state, &id, &part)).await.map(Json)
    })
}

/// As [`run`], with the parameters in the body.
pub(super) fn run_with<P: DeserializeOwned + Send + 'static>(
    method: MethodFilter,
    command: fn(&mut State, &str, P) -> Result<Value>,
) -> MethodRouter<Clerk> {
    on(method, async move |clerk: Clerk, Path(id): Path<String>, Json(params): Json<P>| -> Answer {
        clerk.commit(|state| command(state, &id, params)).await.map(Json)
    })
}
