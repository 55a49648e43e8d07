//! The client and its sessions: tokens, selection, the active organization, the end; and what
//! ClerkJS reads of the instance.

use super::caller::{Caller, ClientAnswer, InPath, mint};
use crate::commands::sessions::{end_session, end_sessions_of_client, touch_session};
use crate::json::sessions::{client, own_session, token as token_json};
use crate::model::{Browser, Refused, Session, Status, dev_browser::new_dev_browser, ensure};
use crate::{http::answer::Answer, http::extract::Fields, server::Clerk};
use axum::{Json, http::header, response::IntoResponse, response::Response};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Default, Deserialize)]
pub(super) struct OrganizationParams {
    /// The organization of a token; empty for the active one.
    organization_id: Option<String>,
    /// The organization to activate; empty for the personal account.
    active_organization_id: Option<String>,
}

pub(super) async fn token(InPath(caller): InPath, Fields(params): Fields<OrganizationParams>) -> Json<Value> {
    let (clerk, session) = (caller.clerk, caller.session);
    let wanted = params.organization_id.filter(|organization| !organization.is_empty());
    let session = Session { organization: wanted.or(session.organization.clone()), ..session };
    Json(token_json(&clerk.session_token(&clerk.state(), &session)))
}

pub(super) async fn touch(InPath(caller): InPath, Fields(params): Fields<OrganizationParams>) -> ClientAnswer {
    let organization = params.active_organization_id.as_deref();
    caller.clerk.commit(|state| touch_session(state, &caller.session.id, organization)).await?;
    Ok(shown(&caller))
}

pub(super) async fn end(InPath(caller): InPath) -> ClientAnswer {
    caller.clerk.commit(|state| end_session(state, &caller.session.id, Status::Ended)).await?;
    Ok(shown(&caller))
}

/// The session as it is after the change, with the status that follows from it.
fn shown(caller: &Caller) -> Response {
    caller.read(|state| {
        let session = state.session(&caller.session.id);
        session.map_or(Value::Null, |session| own_session(state, session, &mint(&caller.clerk)))
    })
}

pub(super) async fn show(clerk: Clerk, browser: Browser) -> Json<Value> {
    let client = client(&clerk.state(), &browser.client, &mint(&clerk));
    Json(json!({ "response": client, "client": null }))
}

pub(super) async fn end_all(clerk: Clerk, browser: Browser) -> Answer {
    clerk.commit(|state| end_sessions_of_client(state, &browser.client)).await?;
    Ok(show(clerk, browser).await)
}

/// The appearance and features of Clerk's components.
const ENVIRONMENT: &str = include_str!("../../json/environment.json");

pub(super) async fn jwks(clerk: Clerk) -> Json<Value> {
    Json(clerk.identity.keys.jwks())
}

/// Only development instances have dev browsers (Clerk behaviour).
pub(super) async fn create_dev_browser(clerk: Clerk) -> Answer {
    let refused = Refused::new(400, "host_invalid", "A production instance has no dev browsers.");
    ensure(clerk.is_development(), refused)?;
    Ok(Json(json!({ "object": "dev_browser", "id": new_dev_browser() })))
}

pub(super) async fn environment(clerk: Clerk) -> impl IntoResponse {
    let kind = format!(r#""instance_environment_type": "{}""#, clerk.options.instance.as_str());
    let membership = format!(r#""force_organization_selection": {}"#, clerk.options.membership_required);
    let name = format!(r#""application_name": {}"#, json!(clerk.options.application));
    let text = ENVIRONMENT.replacen(r#""application_name": """#, &name, 1);
    let text = text.replacen(r#""instance_environment_type": "development""#, &kind, 1);
    let text = text.replacen(r#""force_organization_selection": false"#, &membership, 1);
    ([(header::CONTENT_TYPE, "application/json")], text)
}
