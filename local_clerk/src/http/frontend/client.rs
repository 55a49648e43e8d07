//! The client, and what it reads at the start.

use super::client_answer::mint;
use crate::http::answer::Answer;
use crate::json;
use crate::model::browser::Browser;
use crate::model::commands::sessions::end_sessions_of_client;
use crate::model::dev_browser::new_dev_browser;
use crate::model::refused::Refused;
use crate::server::Clerk;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Value, json};

/// The appearance and features of Clerk's components.
const ENVIRONMENT: &str = include_str!("../../json/environment.json");

pub(super) async fn jwks(State(clerk): State<Clerk>) -> Json<Value> {
    Json(clerk.identity.jwks())
}

/// Only development instances have dev browsers (Clerk behaviour).
pub(super) async fn create_dev_browser(State(clerk): State<Clerk>) -> Answer {
    if !clerk.is_development() {
        return Err(Refused::new(400, "host_invalid", "A production instance has no dev browsers."));
    }
    Ok(Json(json!({ "object": "dev_browser", "id": new_dev_browser() })))
}

pub(super) async fn environment(State(clerk): State<Clerk>) -> impl IntoResponse {
    let kind = format!(r#""instance_environment_type": "{}""#, clerk.options.instance.as_str());
    let membership = format!(r#""force_organization_selection": {}"#, clerk.options.membership_required);
    let text = ENVIRONMENT.replacen(r#""instance_environment_type": "development""#, &kind, 1);
    let text = text.replacen(r#""force_organization_selection": false"#, &membership, 1);
    ([(header::CONTENT_TYPE, "application/json")], text)
}

pub(super) async fn show(State(clerk): State<Clerk>, browser: Browser) -> Json<Value> {
    let client = json::client::client(&clerk.state(), &browser.client, &mint(&clerk));
    Json(json!({ "response": client, "client": null }))
}

pub(super) async fn end_sessions(State(clerk): State<Clerk>, browser: Browser) -> Answer {
    let end = clerk.commit(|state| {
        end_sessions_of_client(state, &browser.client);
        Ok(())
    });
    end.await?;
    Ok(show(State(clerk), browser).await)
}
