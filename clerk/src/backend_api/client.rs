//! The HTTP client of the Backend API: authentication, API version, time limit and repetition.

use super::error::{BackendApiError, checked};
use crate::http_client::http_client;
use crate::objects::ClerkObject;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// The limit for one request. A person waits for the answer.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// How often a request is sent that Clerk refuses with 429, or that does not arrive.
const TRIES: u32 = 3;

/// The dated version of the API whose objects this crate reads.
const API_VERSION: &str = "2026-05-12";

/// The longest `Retry-After` that a request of a person waits for, and that of a program.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(2);
const MAX_RETRY_AFTER_OF_PROGRAMS: Duration = Duration::from_secs(15);

/// A client of Clerk's Backend API. It is cheap to clone.
#[derive(Clone, Debug)]
pub struct BackendApi {
    base: Url,
    secret_key: SecretString,
    client: reqwest::Client,
    max_retry_after: Duration,
    pub(super) invitation_redirect: Option<String>,
}

impl BackendApi {
    /// A client of the Backend API at `api_url`, `https://api.clerk.com` for example.
    ///
    /// # Errors
    /// `api_url` is no URL, or the TLS backend cannot be set up.
    pub fn new(api_url: &str, secret_key: SecretString) -> Result<Self, BackendApiError> {
        let unavailable = |error: &dyn std::error::Error| BackendApiError::Unavailable(error.to_string());
        let base = Url::parse(api_url).map_err(|error| unavailable(&error))?;
        let client = http_client(TIME_LIMIT).map_err(|error| unavailable(&error))?;
        Ok(Self { base, secret_key, client, max_retry_after: MAX_RETRY_AFTER, invitation_redirect: None })
    }

    /// The same client for a program: it waits up to 15 seconds when Clerk asks to retry later. A
    /// request of a person waits up to 2 seconds.
    #[must_use]
    pub fn with_long_retries(self) -> Self {
        Self { max_retry_after: MAX_RETRY_AFTER_OF_PROGRAMS, ..self }
    }

    /// The same client, whose invitations lead to this sign-in page. Without it they lead to the
    /// Account Portal of the instance.
    #[must_use]
    pub fn with_invitation_redirect(self, url: String) -> Self {
        Self { invitation_redirect: Some(url), ..self }
    }

    pub(super) fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v1").extend(path);
        }
        url
    }

    pub(super) fn request(&self, method: Method, url: Url) -> reqwest::RequestBuilder {
        let request = self.client.request(method, url).bearer_auth(self.secret_key.expose_secret());
        request.header("clerk-api-version", API_VERSION)
    }

    /// Requests a change. Clerk answers with the object as it is after the change.
    pub(super) async fn change<T: ClerkObject>(
        &self,
        method: Method,
        path: &[&str],
        body: Option<Value>,
    ) -> Result<T, BackendApiError> {
        read_object(self.answer(method, self.url(path), body).await?).await
    }

    /// Reads one object.
    pub(super) async fn object<T: ClerkObject>(&self, path: &[&str]) -> Result<T, BackendApiError> {
        read_object(self.answer(Method::GET, self.url(path), None).await?).await
    }

    /// Sends a request. It is repeated when Clerk answers 429, and a GET request also when it does
    /// not arrive. A change that does not arrive is not repeated: Clerk may have made it.
    pub(super) async fn answer(
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
                Ok(response) => return checked(response).await,
                Err(error) if method == Method::GET && left > 0 => {
                    tracing::debug!(error = %error.without_url(), "a request to the Backend API is repeated");
                    Duration::from_millis(200)
                }
                Err(error) => return Err(BackendApiError::Unavailable(error.without_url().to_string())),
            };
            if left == 0 || pause > self.max_retry_after {
                return Err(BackendApiError::Unavailable("too many requests".to_owned()));
            }
            tokio::time::sleep(pause).await;
        }
    }
}

async fn read_object<T: ClerkObject>(answer: reqwest::Response) -> Result<T, BackendApiError> {
    let object: Value = answer.json().await.map_err(|error| BackendApiError::unreadable(&error))?;
    T::read(&object).ok_or_else(|| BackendApiError::Unavailable("the answer is not the object".to_owned()))
}

/// The pause that Clerk asks for, in whole seconds, or one second without the header.
fn retry_after(response: &reqwest::Response) -> Duration {
    let header = response.headers().get(reqwest::header::RETRY_AFTER);
    let seconds = header.and_then(|value| value.to_str().ok()).and_then(|text| text.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or(1))
}
