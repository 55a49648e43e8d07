//! Sessions at Clerk: ending them, and what the gate asks for on a request's way in.

use super::{BackendApi, BackendApiError, error};
use crate::authenticate::Refresh;
use crate::ids::SessionId;
use crate::objects::{ClerkObject, Session};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

impl BackendApi {
    /// Ends a session; one that has ended already is as good.
    ///
    /// # Errors
    /// Clerk cannot be asked.
    pub async fn revoke_session(&self, session: &SessionId) -> Result<Session, BackendApiError> {
        let ended: Session = self.change(Method::POST, &["sessions", session.as_str(), "revoke"], None).await?;
        if ended.id != *session {
            return Err(BackendApiError::Unavailable("the answer is about another session".to_owned()));
        }
        // Whatever Clerk calls it, it runs no longer.
        let status = if ended.status == "active" { "revoked".to_owned() } else { ended.status };
        Ok(Session { status, ..ended })
    }

    /// Ends a session, and tells which others run in the same browser: of somebody with several accounts, for example.
    ///
    /// # Errors
    /// Clerk does not have the session, or cannot be asked.
    pub async fn revoke_session_in_browser(&self, session: &SessionId) -> Result<Vec<SessionId>, BackendApiError> {
        let path = ["sessions", session.as_str(), "revoke"];
        let ended: SessionOfClient = self.change(Method::POST, &path, None).await?;
        if ended.id != *session {
            return Err(BackendApiError::Unavailable("the answer is about another session".to_owned()));
        }
        let found = self.sessions_of_client(&ended.client).await?;
        // Were the filter ignored, everybody would be signed out.
        let others =
            found.into_iter().filter(|other| other.client == ended.client && other.runs && other.id != ended.id);
        Ok(others.map(|other| other.id).collect())
    }

    /// The `Set-Cookie` directives behind the nonce of a handshake.
    ///
    /// # Errors
    /// Clerk does not know it, or cannot be asked.
    pub async fn handshake_payload(&self, nonce: &str) -> Result<Vec<String>, BackendApiError> {
        let mut url = self.url(&["clients", "handshake_payload"]);
        url.query_pairs_mut().append_pair("nonce", nonce);
        let response = self.answer(Method::GET, url, None).await?;
        let payload: HandshakePayload = response.json().await.map_err(|error| BackendApiError::unreadable(&error))?;
        Ok(payload.directives)
    }

    /// New cookies for an expired session, or the tag of why there are none: Clerk's error code, or `fetch-error`.
    pub async fn refresh(&self, refresh: &Refresh) -> Result<Vec<String>, String> {
        let mut url = self.url(&["sessions", refresh.session.as_str(), "refresh"]);
        if refresh.suffixed_cookies {
            url.query_pairs_mut().append_pair("suffixed_cookies", "true");
        }
        // Clerk's own library sends every header of the request along. Cookies of the application are none of its business.
        let body = serde_json::json!({
            "format": "cookie", "expired_token": refresh.expired_token, "refresh_token": refresh.refresh_token,
            "request_origin": refresh.request_origin, "request_headers": {},
        });
        let request = self.request(Method::POST, url).json(&body);
        let response = request.send().await.map_err(|_| "fetch-error".to_owned())?;
        if response.status().is_success() {
            let cookies: RefreshedCookies = response.json().await.map_err(|_| "unexpected-bapi-error".to_owned())?;
            return Ok(cookies.cookies);
        }
        let code = error::rejection(response).await.code;
        Err(if code == "unknown" { "unexpected-bapi-error".to_owned() } else { code })
    }
}

/// A session, and the client that it is of: Clerk's word for a browser.
pub(super) struct SessionOfClient {
    id: SessionId,
    client: String,
    runs: bool,
}

impl ClerkObject for SessionOfClient {
    fn read(data: &Value) -> Option<Self> {
        let text = |name: &str| data.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let runs = matches!(text("status"), Some("active" | "pending"));
        Some(Self { id: SessionId::parse(text("id")?).ok()?, client: text("client_id")?.to_owned(), runs })
    }
}

#[derive(Deserialize)]
struct HandshakePayload {
    directives: Vec<String>,
}

#[derive(Deserialize)]
struct RefreshedCookies {
    cookies: Vec<String>,
}
