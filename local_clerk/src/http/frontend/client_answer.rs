//! The usual answer of the Frontend API: the response, and the client as it is now.

use crate::http::cookies::{append_cookies, client_cookie};
use crate::json;
use crate::model::refused::Refused;
use crate::model::session::Session;
use crate::model::state::State;
use crate::server::Clerk;
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

pub(super) type ClientAnswer = Result<Response, Refused>;

/// Mints session tokens for the JSON of a client.
pub(super) fn mint(clerk: &Clerk) -> impl Fn(&State, &Session) -> String {
    |state, session| clerk.session_token(state, session)
}

/// Answers with an object and the client. A browser with a client id gets it as a cookie.
pub(super) fn with_client(clerk: &Clerk, client: &str, response: &Value) -> Response {
    let object = json::client::client(&clerk.state(), client, &mint(clerk));
    let mut answer = Json(json!({ "response": response, "client": object })).into_response();
    if !client.is_empty() {
        append_cookies(answer.headers_mut(), [client_cookie(client)]);
    }
    answer
}
