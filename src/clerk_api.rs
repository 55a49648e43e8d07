//! Clerk's Backend API, as far as the dashboard changes something there.
//!
//! A change goes to Clerk first, because Clerk is what signs the next token; the local copy follows. What Clerk answers in words stays in
//! the log: the caller learns that it was not there, or that Clerk cannot be asked.

mod lists;
#[cfg(test)]
mod tests;

pub(crate) use lists::List;

use crate::access::Granted;
use crate::http_client::http_client;
use crate::ids::SessionId;
use crate::operation::{ChangeRole, RemoveMember, RevokeSession, SignOutEverywhere};
use crate::refusal::Refusal;
use crate::request::Refresh;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// A person waits for the answer.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// How often a request is made that was refused as one too many, or that did not arrive.
const TRIES: u32 = 3;

/// The longest `Retry-After` that somebody waits for, and a program.
const PATIENCE: Duration = Duration::from_secs(2);
const PATIENCE_OF_PROGRAMS: Duration = Duration::from_secs(15);

/// The client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ClerkApi {
    base: Url,
    secret_key: SecretString,
    client: reqwest::Client,
    patience: Duration,
}

/// Why a change was not made at Clerk.
#[derive(Debug, thiserror::Error)]
pub enum ClerkApiError {
    /// Clerk knows no such user, session or membership.
    #[error("Clerk has no such object")]
    NotFound,
    /// Clerk does not accept the change, a role that it does not know for example.
    #[error("Clerk does not accept the change: status {0}")]
    Rejected(u16),
    /// Clerk cannot be reached, is overloaded, or does not accept our key.
    #[error("the Backend API is unavailable: {0}")]
    Unavailable(String),
}

impl ClerkApiError {
    /// What the caller is told.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::NotFound => Refusal::NotFound,
            Self::Rejected(_) => Refusal::InvalidInput { fields: Default::default() },
            Self::Unavailable(_) => Refusal::Unavailable,
        }
    }
}

impl ClerkApi {
    /// A client of the Backend API at `api_url`.
    ///
    /// # Errors
    /// The URL or the TLS backend does not work.
    pub fn new(api_url: &str, secret_key: SecretString) -> Result<Self, ClerkApiError> {
        let unavailable = |error: &dyn std::error::Error| ClerkApiError::Unavailable(error.to_string());
        let base = Url::parse(api_url).map_err(|error| unavailable(&error))?;
        let client = http_client(TIME_LIMIT).map_err(|error| unavailable(&error))?;
        Ok(Self { base, secret_key, client, patience: PATIENCE })
    }

    /// The same client for a program, which can wait until Clerk takes more.
    #[must_use]
    pub fn patient(self) -> Self {
        Self { patience: PATIENCE_OF_PROGRAMS, ..self }
    }

    /// Ends a session; one that has ended already is as good.
    ///
    /// # Errors
    /// Clerk cannot be asked.
    pub(crate) async fn end_session(&self, session: &SessionId) -> Result<(), ClerkApiError> {
        self.send(Method::POST, &["sessions", session.as_str(), "revoke"], None).await
    }

    /// The `Set-Cookie` directives behind the nonce of a handshake.
    ///
    /// # Errors
    /// Clerk does not know it, or cannot be asked.
    pub(crate) async fn handshake_payload(&self, nonce: &str) -> Result<Vec<String>, ClerkApiError> {
        let mut url = self.url(&["clients", "handshake_payload"]);
        url.query_pairs_mut().append_pair("nonce", nonce);
        let response = self.answer(Method::GET, url, None).await?;
        let payload: HandshakePayload = response.json().await.map_err(|error| unreadable(&error))?;
        Ok(payload.directives)
    }

    /// New cookies for an expired session, or the tag of why there are none: Clerk's error code, or `fetch-error`.
    pub(crate) async fn refresh(&self, refresh: &Refresh) -> Result<Vec<String>, String> {
        let mut url = self.url(&["sessions", refresh.session.as_str(), "refresh"]);
        if refresh.suffixed_cookies {
            url.query_pairs_mut().append_pair("suffixed_cookies", "true");
        }
        // Clerk's own library sends every header of the request along. Cookies of the application are none of its business.
        let body = serde_json::json!({
            "format": "cookie", "expired_token": refresh.expired_token, "refresh_token": refresh.refresh_token,
            "request_origin": refresh.request_origin, "request_headers": {},
        });
        let request = self.client.post(url).bearer_auth(self.secret_key.expose_secret()).json(&body);
        let response = request.send().await.map_err(|_| "fetch-error".to_owned())?;
        if response.status().is_success() {
            let cookies: RefreshedCookies = response.json().await.map_err(|_| "unexpected-bapi-error".to_owned())?;
            return Ok(cookies.cookies);
        }
        let failure: Option<Failure> = response.json().await.ok();
        let code = failure.and_then(|failure| failure.errors.into_iter().next()).map(|error| error.code);
        Err(code.filter(|code| is_code(code)).unwrap_or_else(|| "unexpected-bapi-error".to_owned()))
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v1").extend(path);
        }
        url
    }

    async fn send(&self, method: Method, path: &[&str], body: Option<Value>) -> Result<(), ClerkApiError> {
        self.answer(method, self.url(path), body).await.map(|_| ())
    }

    /// Asks, and asks again when Clerk says that it was one too many, or when a question that changes nothing did not arrive.
    async fn answer(&self, method: Method, url: Url, body: Option<Value>) -> Result<reqwest::Response, ClerkApiError> {
        let mut left = TRIES;
        loop {
            left -= 1;
            let request = self.client.request(method.clone(), url.clone()).bearer_auth(self.secret_key.expose_secret());
            let request = match &body {
                Some(body) => request.json(body),
                None => request,
            };
            let pause = match request.send().await {
                Ok(response) if response.status() == StatusCode::TOO_MANY_REQUESTS => retry_after(&response),
                Ok(response) => return checked(response),
                Err(error) if method == Method::GET && left > 0 => {
                    tracing::debug!(error = %error.without_url(), "asking the Backend API again");
                    Duration::from_millis(200)
                }
                Err(error) => return Err(ClerkApiError::Unavailable(error.without_url().to_string())),
            };
            if left == 0 || pause > self.patience {
                return Err(ClerkApiError::Unavailable("too many requests".to_owned()));
            }
            tokio::time::sleep(pause).await;
        }
    }
}

/// Whole seconds, as Clerk gives them; a second where it does not.
fn retry_after(response: &reqwest::Response) -> Duration {
    let header = response.headers().get(reqwest::header::RETRY_AFTER);
    let seconds = header.and_then(|value| value.to_str().ok()).and_then(|text| text.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or(1))
}

fn checked(response: reqwest::Response) -> Result<reqwest::Response, ClerkApiError> {
    match response.status() {
        status if status.is_success() => Ok(response),
        StatusCode::NOT_FOUND => Err(ClerkApiError::NotFound),
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            Err(ClerkApiError::Unavailable(format!("status {status}: does CLERK_SECRET_KEY belong to this instance?")))
        }
        status if status.is_client_error() => Err(ClerkApiError::Rejected(status.as_u16())),
        status => Err(ClerkApiError::Unavailable(format!("status {status}"))),
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

#[derive(Deserialize)]
struct Failure {
    errors: Vec<FailureDetail>,
}

#[derive(Deserialize)]
struct FailureDetail {
    code: String,
}

fn unreadable(error: &reqwest::Error) -> ClerkApiError {
    ClerkApiError::Unavailable(format!("the answer cannot be read: {}", error.is_decode()))
}

/// The code becomes part of a header.
fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Gives the member of the grant another role.
///
/// # Errors
/// Clerk does not have the member, does not accept the role, or cannot be asked.
pub async fn change_role(by: &Granted<ChangeRole>) -> Result<(), ClerkApiError> {
    let ChangeRole { user_id, role } = by.input();
    let path = ["organizations", by.actor().organization.as_str(), "memberships", user_id];
    let body = serde_json::json!({ "role": format!("org:{}", role.trim_start_matches("org:")) });
    by.clerk_api().send(Method::PATCH, &path, Some(body)).await
}

/// Ends the session of the grant, and with it the token that is still alive.
///
/// # Errors
/// Clerk does not have the session, or cannot be asked.
pub async fn revoke_session(by: &Granted<RevokeSession>) -> Result<(), ClerkApiError> {
    let session = SessionId::parse(&by.input().session_id).map_err(|_| ClerkApiError::NotFound)?;
    by.clerk_api().end_session(&session).await?;
    by.ended().insert(session, by.now_ms());
    Ok(())
}

/// Takes the member of the grant out of the organization.
///
/// # Errors
/// Clerk does not have the member, or cannot be asked.
pub async fn remove_member(by: &Granted<RemoveMember>) -> Result<(), ClerkApiError> {
    let RemoveMember { user_id } = by.input();
    let path = ["organizations", by.actor().organization.as_str(), "memberships", user_id];
    by.clerk_api().send(Method::DELETE, &path, None).await
}

/// Ends every running session of the member of the grant, also those that no webhook has told of, and with them the tokens that are still
/// alive.
///
/// # Errors
/// Clerk cannot be asked; then some sessions may have ended already, and doing it again ends the rest.
pub async fn sign_out_everywhere(by: &Granted<SignOutEverywhere>) -> Result<(), ClerkApiError> {
    for session in by.clerk_api().running_sessions(&by.input().user_id).await? {
        match by.clerk_api().end_session(&session).await {
            Ok(()) | Err(ClerkApiError::NotFound) => by.ended().insert(session, by.now_ms()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
