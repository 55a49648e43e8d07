//! The browser: what it is told at the start, and its sessions.

use crate::instance::Instance;
use crate::session::client;
use crate::state::Status;
use crate::{Clerk, answer, dev_browser, now_ms};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// How the components look and what they offer; the values stand in a file because they are data.
const ENVIRONMENT: &str = include_str!("../environment.json");

/// Only development instances have this (Clerk behaviour).
pub(super) async fn dev_browser(State(clerk): State<Clerk>) -> Response {
    match clerk.options.instance {
        Instance::Development => Json(json!({ "object": "dev_browser", "id": dev_browser::new() })).into_response(),
        Instance::Production => {
            let text = "A production instance has no dev browsers.";
            answer::error(StatusCode::BAD_REQUEST, "host_invalid", text)
        }
    }
}

pub(super) async fn environment(State(clerk): State<Clerk>) -> impl IntoResponse {
    let kind = format!(r#""instance_environment_type": "{}""#, clerk.options.instance.word());
    let membership = format!(r#""force_organization_selection": {}"#, clerk.options.membership_required);
    let text = ENVIRONMENT.replacen(r#""instance_environment_type": "development""#, &kind, 1);
    let text = text.replacen(r#""force_organization_selection": false"#, &membership, 1);
    ([(header::CONTENT_TYPE, "application/json")], text)
}

pub(super) async fn current(State(clerk): State<Clerk>, headers: HeaderMap) -> Json<Value> {
    Json(json!({ "response": clerk.client_object(&clerk.state(), client(&headers), now_ms()), "client": null }))
}

pub(super) async fn end_all(State(clerk): State<Clerk>, headers: HeaderMap) -> Json<Value> {
    while let Some(session) = clerk.session(&headers) {
        clerk.end_session(&session.id, Status::Ended);
    }
    current(State(clerk), headers).await
}
