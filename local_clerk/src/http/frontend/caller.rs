//! The session of a request, and the usual answer: an object, and the client as it is now.

use crate::http::cookies::{append_cookies, client_cookie};
use crate::model::{Refused, Result, Session, State};
use crate::{http::extract::client_id, json, server::Clerk};
use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use axum::{Json, http::request::Parts};
use serde_json::{Value, json};

fn signed_out() -> Response {
    Refused::new(401, "authentication_invalid", "You are signed out.").into_response()
}

/// The session in the path. A browser reaches its own sessions only.
pub(super) struct SessionInPath(pub(super) Session);

impl FromRequestParts<Clerk> for SessionInPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, clerk: &Clerk) -> Result<Self, Response> {
        let Path(id) = Path::<String>::from_request_parts(parts, clerk).await.map_err(IntoResponse::into_response)?;
        clerk.session_of_client(client_id(&parts.headers), &id).map(Self).ok_or_else(signed_out)
    }
}

/// The session in the parameter `_clerk_session_id`, or the active one.
pub(super) struct Caller {
    pub(super) session: Session,
    pub(super) client: String,
}

impl FromRequestParts<Clerk> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, clerk: &Clerk) -> Result<Self, Response> {
        let client = client_id(&parts.headers).to_owned();
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let named = query.into_owned().find(|(name, value)| name == "_clerk_session_id" && !value.is_empty());
        let session = match named {
            Some((_, id)) => clerk.session_of_client(&client, &id),
            None => clerk.active_session(&client),
        };
        session.map(|session| Self { session, client }).ok_or_else(signed_out)
    }
}

impl Caller {
    pub(super) fn require_member(&self, clerk: &Clerk, organization: &str) -> Result<()> {
        self.role(clerk, organization).map(|_| ())
    }

    pub(super) fn require_admin(&self, clerk: &Clerk, organization: &str) -> Result<()> {
        match self.role(clerk, organization)?.as_str() {
            "admin" => Ok(()),
            _ => {
                let text = "You do not have permission to manage this organization.";
                Err(Refused::new(403, "missing_permission", text))
            }
        }
    }

    fn role(&self, clerk: &Clerk, organization: &str) -> Result<String> {
        let state = clerk.state();
        let membership = state.membership(organization, &self.session.user).ok_or_else(Refused::not_found)?;
        Ok(membership.role.clone())
    }
}

pub(super) type ClientAnswer = Result<Response>;

/// Mints session tokens for the JSON of a client.
pub(super) fn mint(clerk: &Clerk) -> impl Fn(&State, &Session) -> String {
    |state, session| clerk.session_token(state, session)
}

/// Answers with an object and the client. A browser with a client id gets it as a cookie.
pub(super) fn with_client(clerk: &Clerk, client: &str, response: &Value) -> Response {
    let object = json::sessions::client(&clerk.state(), client, &mint(clerk));
    let mut answer = Json(json!({ "response": response, "client": object })).into_response();
    if !client.is_empty() {
        append_cookies(answer.headers_mut(), [client_cookie(client)]);
    }
    answer
}
