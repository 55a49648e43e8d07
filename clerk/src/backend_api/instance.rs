//! Facts about the instance of the secret key. A check of the configuration asks once for them.

use super::client::BackendApi;
use super::error::BackendApiError;
use reqwest::{Method, header};
use serde_json::Value;
use url::Url;

impl BackendApi {
    /// The hosts of the instance's Frontend API, one for each of its domains. A publishable key of
    /// the instance names one of them.
    ///
    /// # Errors
    /// Clerk cannot be reached, or has no such endpoint.
    pub async fn frontend_api_hosts(&self) -> Result<Vec<String>, BackendApiError> {
        let answer = self.answer(Method::GET, self.url(&["domains"]), None).await?;
        let list: Value = answer.json().await.map_err(|error| BackendApiError::unreadable(&error))?;
        let domains = list.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Ok(domains.iter().filter_map(|domain| host(domain.get("frontend_api_url")?.as_str()?)).collect())
    }

    /// The time of Clerk's answer, in the form of RFC 9110 section 5.6.7. `None`: the answer has no
    /// date.
    ///
    /// # Errors
    /// Clerk cannot be reached.
    pub async fn date(&self) -> Result<Option<String>, BackendApiError> {
        let answer = self.request(Method::GET, self.url(&["jwks"])).send().await;
        let answer = answer.map_err(|error| BackendApiError::Unavailable(error.without_url().to_string()))?;
        Ok(answer.headers().get(header::DATE).and_then(|date| date.to_str().ok()).map(str::to_owned))
    }
}

/// The host of a URL with its port, or the text itself if it is a host already.
fn host(text: &str) -> Option<String> {
    let Some((_, rest)) = text.split_once("://") else { return Some(text.to_owned()) };
    Url::parse(text).ok()?;
    rest.split('/').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn a_url_and_a_host_name_the_same_frontend_api() {
        for text in ["https://clerk.example.com", "https://clerk.example.com/", "clerk.example.com"] {
            assert_eq!(host(text).as_deref(), Some("clerk.example.com"), "{text}");
        }
        assert_eq!(host("http://127.0.0.1:80/x").as_deref(), Some("127.0.0.1:80"));
        assert_eq!(host("https://"), None);
    }
}
