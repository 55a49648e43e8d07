//! The session of a request, and the usual answer: an object, and the client as it is now.

use crate::http::cookies::append_cookies;
use crate::model::{Refused, Result, Session, State, ensure};
use crate::{http::extract::client_id, json, server::Clerk};
use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use axum::{Json, http::request::Parts};
use serde_json::{Value, json};

/// The session in the parameter `_clerk_session_id`, or the active one.
pub(super) struct Caller {
    pub(super) clerk: Clerk,
    pub(super) session: Session,
    client: String,
}

impl FromRequestParts<Clerk> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, clerk: &Clerk) -> Result<Self, Response> {
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let named = query.into_owned().find(|(name, value)| name == "_clerk_session_id" && !value.is_empty());
        Self::find(parts, clerk, named.map(|(_, id)| id)).map_err(IntoResponse::into_response)
    }
}

/// The session in the path. A browser reaches its own sessions only.
pub(super) struct InPath(pub(super) Caller);

impl FromRequestParts<Clerk> for InPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, clerk: &Clerk) -> Result<Self, Response> {
        let Path(id) = Path::from_request_parts(parts, clerk).await.map_err(IntoResponse::into_response)?;
        Caller::find(parts, clerk, Some(id)).map(Self).map_err(IntoResponse::into_response)
    }
}

pub(super) type ClientAnswer = Result<Response>;

impl Caller {
    /// `id`: of a session of the browser; `None` for the active one.
    fn find(parts: &Parts, clerk: &Clerk, id: Option<String>) -> Result<Self> {
        let client = client_id(&parts.headers).to_owned();
        let session = match id {
            Some(id) => clerk.session_of_client(&client, &id),
            None => clerk.active_session(&client),
        };
        let signed_out = || Refused::new(401, "authentication_invalid", "You are signed out.");
        let session = session.ok_or_else(signed_out)?;
        Ok(Self { clerk: clerk.clone(), session, client })
    }

    pub(super) fn require_member(&self, organization: &str) -> Result<()> {
        self.role(organization).map(|_| ())
    }

    pub(super) fn require_admin(&self, organization: &str) -> Result<()> {
        let text = "You do not have permission to manage this organization.";
        ensure(self.role(organization)? == "admin", Refused::new(403, "missing_permission", text))
    }

    fn role(&self, organization: &str) -> Result<String> {
        let state = self.clerk.state();
        let membership = state.membership(organization, &self.session.user).ok_or_else(Refused::not_found)?;
        Ok(membership.role.clone())
    }

    pub(super) fn answer(&self, object: &Value) -> Response {
        with_client(&self.clerk, &self.client, object)
    }

    /// Answers with an object that is made from the state.
    pub(super) fn read(&self, read: impl FnOnce(&State) -> Value) -> Response {
        let object = read(&self.clerk.state());
        self.answer(&object)
    }

    pub(super) async fn run(&self, command: impl FnOnce(&mut State) -> Result<Value>) -> ClientAnswer {
        let object = self.clerk.commit(command).await?;
        Ok(self.answer(&object))
    }
}

/// Mints session tokens for the JSON of a client.
pub(super) fn mint(clerk: &Clerk) -> impl Fn(&State, &Session) -> String {
    |state, session| clerk.session_token(state, session)
}

/// Answers with an object and the client. A browser with a client id gets it as a cookie.
pub(super) fn with_client(clerk: &Clerk, client: &str, response: &Value) -> Response {
    let object = json::sessions::client(&clerk.state(), client, &mint(clerk));
    let mut answer = Json(json!({ "response": response, "client": object })).into_response();
    if !client.is_empty() {
        append_cookies(answer.headers_mut(), [clerk.client_cookie(client)]);
    }
    answer
}
