//! An expired session is refreshed: an application brings the expired token and the refresh token of the browser, and gets new cookies for it.
//!
//! Whatever is not right is 401, which sends the application back to the handshake.

use crate::refresh::Ineligible;
use crate::state::Session;
use crate::tokens::YEAR_S;
use crate::{Clerk, answer, now_ms};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct Asked {
    expired_token: String,
    refresh_token: String,
    request_origin: String,
    format: Option<String>,
}

pub(super) async fn refresh(State(clerk): State<Clerk>, Path(id): Path<String>, Json(asked): Json<Asked>) -> Response {
    let refreshed = clerk.refreshed(&id, &asked);
    let (session, refresh_token) = match refreshed {
        Ok(refreshed) => refreshed,
        Err((code, text)) => return answer::error(StatusCode::UNAUTHORIZED, code, text),
    };
    clerk.save();
    let jwt = clerk.session_token(&clerk.state(), &session, now_ms());
    if asked.format.as_deref() != Some("cookie") {
        return Json(json!({ "object": "token", "jwt": jwt })).into_response();
    }
    let mut cookies = clerk.in_both_spellings("__session", &format!("{jwt}; Path=/; Max-Age={YEAR_S}")).to_vec();
    cookies.push(clerk.refresh_cookie(&refresh_token));
    Json(json!({ "object": "cookies", "cookies": cookies })).into_response()
}

type Refused = (&'static str, &'static str);

impl Clerk {
    /// The session with its next refresh token, or Clerk's code of why not.
    fn refreshed(&self, id: &str, asked: &Asked) -> Result<(Session, String), Refused> {
        let token = self.identity.keys.claims(&asked.expired_token);
        if token.is_none_or(|claims| claims["sid"] != id) {
            let text = "The expired token is not one of this session.";
            return Err(("session_refresh_session_token_ineligible", text));
        }
        if asked.request_origin != self.options.public_origin {
            return Err(("session_refresh_origin_ineligible", "The request comes from another origin."));
        }
        let expired = self.faults().refresh_tokens_expired;
        let mut state = self.state();
        let found = state.sessions.iter().find(|session| session.id == id && session.is_running(now_ms()));
        let Some(session) = found.cloned() else {
            return Err(("session_refresh_session_ineligible", "The session has ended."));
        };
        match state.rotate_refresh(&asked.refresh_token, id, now_ms()) {
            Ok(next) if !expired => Ok((session, next)),
            Ok(_) | Err(Ineligible::Expired) => Err(("refresh_token_expired", "The refresh token has expired.")),
            Err(Ineligible::Unknown) => {
                Err(("session_refresh_refresh_token_ineligible", "The refresh token is not one of this session."))
            }
        }
    }
}
