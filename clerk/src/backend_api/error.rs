//! Errors of the Backend API: the object does not exist, Clerk rejects the change, or Clerk cannot
//! be reached.

use reqwest::StatusCode;
use serde::Deserialize;
use std::fmt;

/// Why a call of the Backend API failed.
#[derive(Debug, thiserror::Error)]
pub enum BackendApiError {
    /// Clerk knows no such user, session, membership or invitation.
    #[error("Clerk has no such object")]
    NotFound,
    /// Clerk rejects the change, because it does not know the role for example.
    #[error("Clerk does not accept the change: {0}")]
    Rejected(ErrorDetail),
    /// Clerk cannot be reached, is overloaded, or rejects the secret key. The text is for the log.
    #[error("the Backend API is unavailable: {0}")]
    Unavailable(String),
}

/// The first error in Clerk's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorDetail {
    /// The HTTP status.
    pub status: u16,
    /// Clerk's error code, `form_param_format_invalid` for example. `unknown` if the answer has
    /// none.
    pub code: String,
    /// The parameter that Clerk rejects, if the answer names one.
    pub parameter: Option<String>,
    /// The trace id, by which Clerk's support finds the request.
    pub trace_id: Option<String>,
}

impl fmt::Display for ErrorDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}, {}", self.status, self.code)?;
        self.parameter.iter().try_for_each(|parameter| write!(f, ", parameter {parameter}"))?;
        self.trace_id.iter().try_for_each(|trace| write!(f, ", trace {trace}"))
    }
}

impl BackendApiError {
    pub(super) fn unreadable(error: &reqwest::Error) -> Self {
        Self::Unavailable(format!("the answer cannot be read: {}", error.is_decode()))
    }
}

/// Passes an answer with a success status, and turns every other one into an error.
pub(super) async fn checked(response: reqwest::Response) -> Result<reqwest::Response, BackendApiError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    if status == StatusCode::NOT_FOUND {
        return Err(BackendApiError::NotFound);
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(BackendApiError::Unavailable("too many requests".to_owned()));
    }
    if !status.is_client_error() {
        return Err(BackendApiError::Unavailable(format!("status {status}")));
    }
    let rejection = rejection(response).await;
    // Status 403 also means that the plan lacks a feature. Only these codes are about the key.
    let key = status == StatusCode::UNAUTHORIZED
        || ["authentication_invalid", "authorization_invalid", "clerk_key_invalid"].contains(&rejection.code.as_str());
    if key {
        let text = format!("{rejection}: does CLERK_SECRET_KEY belong to this instance?");
        return Err(BackendApiError::Unavailable(text));
    }
    Err(BackendApiError::Rejected(rejection))
}

/// Reads the body of an error. A body that is not Clerk's leaves the code unknown.
pub(super) async fn rejection(response: reqwest::Response) -> ErrorDetail {
    let status = response.status().as_u16();
    let body: ErrorBody = response.json().await.unwrap_or_default();
    let detail = body.errors.into_iter().next().unwrap_or_default();
    ErrorDetail {
        status,
        code: plain(detail.code).unwrap_or_else(|| "unknown".to_owned()),
        parameter: plain(detail.meta.and_then(|meta| meta.param_name)),
        trace_id: plain(body.clerk_trace_id),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    errors: Vec<ErrorItem>,
    clerk_trace_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorItem {
    code: Option<String>,
    meta: Option<ErrorMeta>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorMeta {
    param_name: Option<String>,
}

/// A code or a name, if it is safe for headers and logs.
fn plain(text: Option<String>) -> Option<String> {
    let is_plain = |text: &String| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    text.filter(is_plain)
}
