//! The client and its sessions: environment, tokens, selection, the active organization, the end.

use super::caller::{ClientAnswer, SessionInPath, mint, with_client};
use crate::model::commands::sessions::{end_session, end_sessions_of_client, touch_session};
use crate::model::{Browser, Refused, Session, Status};
use crate::{
    http::answer::Answer, http::extract::field, json, json::sessions::own_session, json::sessions::token as token_json,
    model::dev_browser::new_dev_browser, server::Clerk,
};
use axum::{Json, body::Bytes, http::header, response::IntoResponse, response::Response};
use serde_json::{Value, json};

pub(super) async fn token(clerk: Clerk, SessionInPath(session): SessionInPath, form: Bytes) -> Json<Value> {
    let wanted = field(&form, "organization_id").filter(|organization| !organization.is_empty());
    let session = Session { organization: wanted.or(session.organization.clone()), ..session };
    Json(token_json(&clerk.session_token(&clerk.state(), &session)))
}

pub(super) async fn touch(
    clerk: Clerk,
    SessionInPath(session): SessionInPath,
    browser: Browser,
    form: Bytes,
) -> ClientAnswer {
    let organization = field(&form, "active_organization_id");
    let touched = clerk.commit(|state| touch_session(state, &session.id, organization.as_deref())).await?;
    Ok(shown(&clerk, &browser, &touched.id))
}

pub(super) async fn end(clerk: Clerk, SessionInPath(session): SessionInPath, browser: Browser) -> ClientAnswer {
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

/// The appearance and features of Clerk's components.
const ENVIRONMENT: &str = include_str!("../../json/environment.json");

pub(super) async fn jwks(clerk: Clerk) -> Json<Value> {
    Json(clerk.identity.jwks())
}

/// Only development instances have dev browsers (Clerk behaviour).
pub(super) async fn create_dev_browser(clerk: Clerk) -> Answer {
    if !clerk.is_development() {
        return Err(Refused::new(400, "host_invalid", "A production instance has no dev browsers."));
    }
    Ok(Json(json!({ "object": "dev_browser", "id": new_dev_browser() })))
}

pub(super) async fn environment(clerk: Clerk) -> impl IntoResponse {
    let kind = format!(r#""instance_environment_type": "{}""#, clerk.options.instance.as_str());
    let membership = format!(r#""force_organization_selection": {}"#, clerk.options.membership_required);
    let text = ENVIRONMENT.replacen(r#""instance_environment_type": "development""#, &kind, 1);
    let text = text.replacen(r#""force_organization_selection": false"#, &membership, 1);
    ([(header::CONTENT_TYPE, "application/json")], text)
}

pub(super) async fn show(clerk: Clerk, browser: Browser) -> Json<Value> {
    let client = json::sessions::client(&clerk.state(), &browser.client, &mint(&clerk));
    Json(json!({ "response": client, "client": null }))
}

pub(super) async fn end_sessions(clerk: Clerk, browser: Browser) -> Answer {
    let end = clerk.commit(|state| {
        end_sessions_of_client(state, &browser.client);
        Ok(())
    });
    end.await?;
    Ok(show(clerk, browser).await)
}
