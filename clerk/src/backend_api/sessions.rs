//! Sessions at Clerk: their lists, their end, and the two lookups of
//! [`authenticate`](crate::authenticate).

use super::client::BackendApi;
use super::commands::Commands;
use super::error::{self, BackendApiError};
use crate::authenticate::Refresh;
use crate::ids::{SessionId, UserId};
use crate::objects::{ClerkObject, Session};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

impl Commands<'_> {
    /// Revokes a session. A session that has ended already is no error.
    ///
    /// # Errors
    /// Clerk does not have the session, or cannot be reached.
    pub async fn revoke_session(&self, session: &SessionId) -> Result<Session, BackendApiError> {
        let ended: Session = self.api.change(Method::POST, &["sessions", session.as_str(), "revoke"], None).await?;
        if ended.id != *session {
            return Err(BackendApiError::Unavailable("the answer is about another session".to_owned()));
        }
        // The session has ended even if the answer still has the status from before.
        let status = if ended.status == "active" { "revoked".to_owned() } else { ended.status };
        Ok(Session { status, ..ended })
    }

    /// Revokes a session, and returns the other running sessions of the same browser. A user with
    /// several accounts has them, for example.
    ///
    /// # Errors
    /// Clerk does not have the session, or cannot be reached.
    pub async fn revoke_session_in_browser(&self, session: &SessionId) -> Result<Vec<SessionId>, BackendApiError> {
        let path = ["sessions", session.as_str(), "revoke"];
        let ended: SessionOfClient = self.api.change(Method::POST, &path, None).await?;
        if ended.id != *session {
            return Err(BackendApiError::Unavailable("the answer is about another session".to_owned()));
        }
        let found = self.api.sessions_of_client(&ended.client).await?;
        // The client is compared here too: if Clerk ignored the filter, all users would be signed
        // out.
        let others =
            found.into_iter().filter(|other| other.client == ended.client && other.runs && other.id != ended.id);
        Ok(others.map(|other| other.id).collect())
    }
}

impl BackendApi {
    /// One session, whatever its status.
    ///
    /// # Errors
    /// Clerk does not have the session, or cannot be reached.
    pub async fn session(&self, session: &SessionId) -> Result<Session, BackendApiError> {
        self.object(&["sessions", session.as_str()]).await
    }

    /// The running sessions of a user, active and pending ones.
    ///
    /// # Errors
    /// Clerk cannot be reached.
    pub async fn running_user_sessions(&self, user: &UserId) -> Result<Vec<Session>, BackendApiError> {
        let mut running = Vec::new();
        // Pending sessions come first: a session that becomes active between the two requests is
        // then in both lists and not missed.
        for status in ["pending", "active"] {
            let filter = [("user_id", user.as_str()), ("status", status)];
            running.extend(self.all::<Session>(&["sessions"], &filter).await?);
        }
        running.retain(|session| session.user == *user);
        Ok(running)
    }

    /// All sessions of a client, ended ones included.
    async fn sessions_of_client(&self, client: &str) -> Result<Vec<SessionOfClient>, BackendApiError> {
        self.all(&["sessions"], &[("client_id", client)]).await
    }

    /// The `Set-Cookie` directives behind the nonce of a handshake. The request is not repeated.
    ///
    /// # Errors
    /// Clerk does not know the nonce, answers 429, or cannot be reached.
    pub async fn handshake_payload(&self, nonce: &str) -> Result<Vec<String>, BackendApiError> {
        let mut url = self.url(&["clients", "handshake_payload"]);
        url.query_pairs_mut().append_pair("nonce", nonce);
        // One try: anyone can cause this request, and a repetition would take from the limit that
        // all requests with the secret key share.
        let sent = self.request(Method::GET, url).send().await;
        let response = sent.map_err(|error| BackendApiError::Unavailable(error.without_url().to_string()))?;
        let payload: HandshakePayload =
            error::checked(response).await?.json().await.map_err(|error| BackendApiError::unreadable(&error))?;
        Ok(payload.directives)
    }

    /// New cookies for an expired session.
    ///
    /// # Errors
    /// The tag of the reason why there are none: Clerk's error code, or `fetch-error`.
    pub async fn refresh(&self, refresh: &Refresh) -> Result<Vec<String>, String> {
        let mut url = self.url(&["sessions", refresh.session.as_str(), "refresh"]);
        if refresh.suffixed_cookies {
            url.query_pairs_mut().append_pair("suffixed_cookies", "true");
        }
        // Clerk's library sends all headers of the request along. The cookies of the application
        // stay here.
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

/// A session with its client, which is Clerk's word for a browser.
struct SessionOfClient {
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
