//! The browser: what it is told at the start, its sessions, and the handshake that gives an application its cookies.

use crate::session::client;
use crate::state::Status;
use crate::{Clerk, answer, guard, identity, now_ms};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

/// How the components look and what they offer; the values stand in a file because they are data.
const ENVIRONMENT: &str = include_str!("../environment.json");

pub(super) async fn dev_browser() -> Json<Value> {
    Json(json!({ "object": "dev_browser", "id": format!("dvb_{}", identity::random_id()) }))
}

pub(super) async fn environment() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], ENVIRONMENT)
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

#[derive(Deserialize)]
pub(super) struct Handshake {
    redirect_url: String,
    #[serde(default)]
    format: String,
}

/// Sends the browser back with its cookies, behind a nonce or in a signed token, as Clerk does for development instances.
pub(super) async fn handshake(
    State(clerk): State<Clerk>,
    headers: HeaderMap,
    Query(asked): Query<Handshake>,
) -> Response {
    let Some(mut back) = guard::way_back(&clerk, &asked.redirect_url).and_then(|back| url::Url::parse(&back).ok())
    else {
        return answer::error(
            StatusCode::BAD_REQUEST,
            "redirect_url_invalid",
            "redirect_url must be on the application's origin.",
        );
    };
    let now_ms = now_ms();
    let directives = clerk.directives(&clerk.state(), client(&headers), now_ms);
    if asked.format == "nonce" {
        let nonce = clerk.state().flows.hide(directives, now_ms);
        back.query_pairs_mut().append_pair("__clerk_handshake_nonce", &nonce);
    } else {
        back.query_pairs_mut().append_pair("__clerk_handshake", &clerk.handshake_token(&directives, now_ms));
    }
    match HeaderValue::from_str(back.as_str()) {
        Ok(location) => {
            let no_store = HeaderValue::from_static("no-store");
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location), (header::CACHE_CONTROL, no_store)])
                .into_response()
        }
        Err(_) => answer::error(StatusCode::BAD_REQUEST, "redirect_url_invalid", "redirect_url cannot be a header."),
    }
}
