//! Sessions of the browser: tokens, selection, the active organization, the end.

use super::caller::SessionInPath;
use super::client_answer::{ClientAnswer, mint, with_client};
use crate::http::form::field;
use crate::json::client::own_session;
use crate::json::sessions::token as token_json;
use crate::model::browser::Browser;
use crate::model::commands::sessions::{end_session, touch_session};
use crate::model::session::{Session, Status};
use crate::server::Clerk;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

pub(super) async fn token(
    State(clerk): State<Clerk>,
    SessionInPath(session): SessionInPath,
    form: Bytes,
) -> Json<Value> {
    let wanted = field(&form, "organization_id").filter(|organization| !organization.is_empty());
    let session = Session { organization: wanted.or(session.organization.clone()), ..session };
    Json(token_json(&clerk.session_token(&clerk.state(), &session)))
}

pub(super) async fn touch(
    State(clerk): State<Clerk>,
    SessionInPath(session): SessionInPath,
    browser: Browser,
    form: Bytes,
) -> ClientAnswer {
    let organization = field(&form, "active_organization_id");
    let touched = clerk.commit(|state| touch_session(state, &session.id, organization.as_deref())).await?;
    Ok(shown(&clerk, &browser, &touched.id))
}

pub(super) async fn end(
    State(clerk): State<Clerk>,
    SessionInPath(session): SessionInPath,
    browser: Browser,
) -> ClientAnswer {
    clerk.commit(|state| end_session(state, &session.id, Status::Ended)).await?;
    Ok(shown(&clerk, &browser, &session.id))
}

/// The session as it is after the change, with the status that follows from it.
fn shown(clerk: &Clerk, browser: &Browser, id: &str) -> Response {
    let object = {
        let state = clerk.state();
        state.session(id).map_or(Value::Null, |session| own_session(&state, session, &mint(clerk)))
    };
    with_client(clerk, &browser.client, &object)
}
