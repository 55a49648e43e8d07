//! Clerk's Backend API, as far as it is used here.
//!
//! A change goes to Clerk first, because Clerk is what signs the next token; the local copy follows from the answer. What Clerk answers in words
//! stays in the log: the caller learns which field was wrong, that it was not there, or that Clerk cannot be asked.

mod error;
mod invitations;
mod lists;
mod memberships;
mod sessions;
mod users;
#[cfg(test)]
mod tests;

pub use error::{BackendApiError, ErrorDetail};
pub use invitations::NewInvitation;
pub use lists::ListPage;

use crate::http_client::http_client;
use crate::objects::ClerkObject;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// A person waits for the answer.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// How often a request is made that was refused as one too many, or that did not arrive.
const TRIES: u32 = 3;

/// The shapes that are read here (Clerk: dated API version).
const API_VERSION: &str = "2026-05-12";

/// The longest `Retry-After` that somebody waits for, and a program.
const PATIENCE: Duration = Duration::from_secs(2);
const PATIENCE_OF_PROGRAMS: Duration = Duration::from_secs(15);

/// The client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct BackendApi {
    base: Url,
    secret_key: SecretString,
    client: reqwest::Client,
    patience: Duration,
    invitations_lead_to: Option<String>,
}

impl BackendApi {
    /// A client of the Backend API at `api_url`.
    ///
    /// # Errors
    /// The URL or the TLS backend does not work.
    pub fn new(api_url: &str, secret_key: SecretString) -> Result<Self, BackendApiError> {
        let unavailable = |error: &dyn std::error::Error| BackendApiError::Unavailable(error.to_string());
        let base = Url::parse(api_url).map_err(|error| unavailable(&error))?;
        let client = http_client(TIME_LIMIT).map_err(|error| unavailable(&error))?;
        Ok(Self { base, secret_key, client, patience: PATIENCE, invitations_lead_to: None })
    }

    /// The same client for a program, which can wait until Clerk takes more.
    #[must_use]
    pub fn with_long_retries(self) -> Self {
        Self { patience: PATIENCE_OF_PROGRAMS, ..self }
    }

    /// The same client, whose invitations lead to this sign-in page; else to the instance's own.
    #[must_use]
    pub fn with_invitation_redirect(self, url: String) -> Self {
        Self { invitations_lead_to: Some(url), ..self }
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v1").extend(path);
        }
        url
    }

    fn request(&self, method: Method, url: Url) -> reqwest::RequestBuilder {
        let request = self.client.request(method, url).bearer_auth(self.secret_key.expose_secret());
        request.header("clerk-api-version", API_VERSION)
    }

    /// Asks for a change, which is answered with the object as it is now.
    async fn change<T: ClerkObject>(
        &self,
        method: Method,
        path: &[&str],
        body: Option<Value>,
    ) -> Result<T, BackendApiError> {
        let answer = self.answer(method, self.url(path), body).await?;
        let object: Value = answer.json().await.map_err(|error| BackendApiError::unreadable(&error))?;
        T::read(&object).ok_or_else(|| BackendApiError::Unavailable("the answer is not the object".to_owned()))
    }

    /// Asks, and asks again when Clerk says that it was one too many, or when a question that changes nothing did not arrive.
    async fn answer(
        &self,
        method: Method,
        url: Url,
        body: Option<Value>,
    ) -> Result<reqwest::Response, BackendApiError> {
        let mut left = TRIES;
        loop {
            left -= 1;
            let request = self.request(method.clone(), url.clone());
            let request = match &body {
                Some(body) => request.json(body),
                None => request,
            };
            let pause = match request.send().await {
                Ok(response) if response.status() == StatusCode::TOO_MANY_REQUESTS => retry_after(&response),
                Ok(response) => return error::checked(response).await,
                Err(error) if method == Method::GET && left > 0 => {
                    tracing::debug!(error = %error.without_url(), "asking the Backend API again");
                    Duration::from_millis(200)
                }
                Err(error) => return Err(BackendApiError::Unavailable(error.without_url().to_string())),
            };
            if left == 0 || pause > self.patience {
                return Err(BackendApiError::Unavailable("too many requests".to_owned()));
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
