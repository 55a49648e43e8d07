//! Errors of the Backend API: the object does not exist, Clerk rejects the change, or Clerk cannot be
//! reached.

use reqwest::StatusCode;
use serde::Deserialize;
use std::fmt;

/// Why Clerk did not do it.
#[derive(Debug, thiserror::Error)]
pub enum BackendApiError {
    /// Clerk knows no such user, session, membership or invitation.
    #[error("Clerk has no such object")]
    NotFound,
    /// Clerk does not accept the change, a role that it does not know for example.
    #[error("Clerk does not accept the change: {0}")]
    Rejected(ErrorDetail),
    /// Clerk cannot be reached, is overloaded, or does not accept our key.
    #[error("the Backend API is unavailable: {0}")]
    Unavailable(String),
}

/// Clerk's own words for a "no".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorDetail {
    /// Status of the answer.
    pub status: u16,
    /// Clerk's code, `form_param_format_invalid` for example.
    pub code: String,
    /// The parameter that was wrong, where Clerk says it.
    pub parameter: Option<String>,
    /// What Clerk's support asks for.
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

/// An answer that says yes.
pub(super) async fn checked(response: reqwest::Response) -> Result<reqwest::Response, BackendApiError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    if status == StatusCode::NOT_FOUND {
        return Err(BackendApiError::NotFound);
    }
    if !status.is_client_error() {
        return Err(BackendApiError::Unavailable(format!("status {status}")));
    }
    let rejection = rejection(response).await;
    // 403 is also what a plan does not include; only these are about the key.
    let key = status == StatusCode::UNAUTHORIZED
        || ["authentication_invalid", "authorization_invalid", "clerk_key_invalid"].contains(&rejection.code.as_str());
    if key {
        let text = format!("{rejection}: does CLERK_SECRET_KEY belong to this instance?");
        return Err(BackendApiError::Unavailable(text));
    }
    Err(BackendApiError::Rejected(rejection))
}

/// What the body of a "no" says. A body that is not Clerk's says nothing.
pub(super) async fn rejection(response: reqwest::Response) -> ErrorDetail {
    let status = response.status().as_u16();
    let failure: Failure = response.json().await.unwrap_or_default();
    let detail = failure.errors.into_iter().next().unwrap_or_default();
    ErrorDetail {
        status,
        code: plain(detail.code).unwrap_or_else(|| "unknown".to_owned()),
        parameter: plain(detail.meta.and_then(|meta| meta.param_name)),
        trace_id: plain(failure.clerk_trace_id),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Failure {
    errors: Vec<FailureDetail>,
    clerk_trace_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FailureDetail {
    code: Option<String>,
    meta: Option<FailureMeta>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FailureMeta {
    param_name: Option<String>,
}

/// Codes and names go into headers and logs.
fn plain(text: Option<String>) -> Option<String> {
    let is_plain = |text: &String| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    text.filter(is_plain)
}
