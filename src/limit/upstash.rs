//! Counters at Upstash over HTTP: the script of `redis`, one request and one deadline for each
//! decision.
//!
//! A request that may have counted is never sent again. Only `NOSCRIPT` is followed by the text of
//! the script, because nothing ran then. The HTTP client keeps connections alive. The token is sent
//! only in the `Authorization` header.

mod answer;
mod pause;

use super::redis::SCRIPT;
use super::take::Take;
use super::window::{Counters, Mode};
use answer::UpstashError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clerk::http_client::http_client_builder;
use pause::Pause;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::fmt;
use std::time::Duration;
use url::Url;

/// Load balancers close a connection after about 60 seconds of silence. A connection that may be
/// closing is not used, because a request that is lost on it may have counted and cannot be
/// repeated.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Longest response body in bytes. Responses have a few dozen bytes; the page of a proxy is not
/// read to its end.
const MAX_RESPONSE_BYTES: usize = 16 * 1024;

/// With this first line Upstash locks only the keys of the script; without it, the whole database
/// (Upstash documentation: EVAL, key locking).
const KEY_LOCKING: &str = "#!lua flags=allow-key-locking\n";

pub(super) struct Upstash {
    client: reqwest::Client,
    url: Url,
    token: SecretString,
    script: redis::Script,
    text: String,
    deadline: Duration,
    pause: Pause<UpstashError>,
}

impl Upstash {
    pub(super) fn new(url: Url, token: SecretString, deadline: Duration) -> Result<Self, reqwest::Error> {
        let mut client = http_client_builder(deadline).pool_idle_timeout(IDLE_TIMEOUT);
        if is_plain_http(&url) {
            // A proxy from the environment would carry the token off the loopback in clear text.
            client = client.no_proxy();
        }
        let text = script_for(&url);
        Ok(Self {
            client: client.build()?,
            url,
            token,
            script: redis::Script::new(&text),
            text,
            deadline,
            pause: Pause::default(),
        })
    }

    /// # Errors
    /// The reason for the log.
    pub(super) async fn take(&self, take: Take<'_>) -> Result<(bool, Counters), String> {
        let Take { keys, window, cost, now_ms, mode, .. } = take;
        let numbers = [
            window.limit().to_string(),
            now_ms.to_string(),
            window.length().to_string(),
            cost.to_string(),
            i32::from(mode == Mode::Strict).to_string(),
        ];
        // The arguments are strings, because a JSON number may be read as a double.
        let command = |name: &str, script: &str| {
            let head = [name, script, "2", keys.current.as_str(), keys.previous.as_str()];
            Value::from_iter(head.into_iter().chain(numbers.iter().map(String::as_str)))
        };
        let answer = self.with_deadline(self.evaluate(command)).await;
        let (counted, previous, current) = answer.map_err(|error| format!("Upstash cannot count: {error}"))?;
        Ok((counted == 1, Counters { previous, current }))
    }

    /// Sends a `PING`, which counts nothing.
    pub(super) async fn ping(&self) -> Result<(), UpstashError> {
        let pong = self.with_deadline(self.send(&Value::from_iter(["PING"]))).await?;
        // Compatible servers may not support the base64 encoding.
        let known = pong.as_str().is_some_and(|text| text == "PONG" || text == STANDARD.encode("PONG"));
        if known { Ok(()) } else { Err(UpstashError::Unexpected) }
    }

    /// Applies one deadline to connecting, sending and reading all responses.
    async fn with_deadline<T>(&self, call: impl Future<Output = Result<T, UpstashError>>) -> Result<T, UpstashError> {
        tokio::time::timeout(self.deadline, call).await.unwrap_or(Err(UpstashError::Timeout))
    }

    /// Sends the hash of the script. If Upstash does not know it, the text follows.
    async fn evaluate(&self, command: impl Fn(&str, &str) -> Value) -> Result<(i64, i64, i64), UpstashError> {
        let answer = match self.send(&command("EVALSHA", self.script.get_hash())).await {
            Err(UpstashError::UnknownScript) => self.send(&command("EVAL", &self.text)).await,
            answer => answer,
        };
        serde_json::from_value(answer?).map_err(|_| UpstashError::Unexpected)
    }

    /// Sends a command, unless a quota is exhausted: until its reset the last error is the answer.
    async fn send(&self, command: &Value) -> Result<Value, UpstashError> {
        if let Some(error) = self.pause.current() {
            return Err(error);
        }
        let answer = self.exchange(command).await;
        if let Err(error @ UpstashError::Quota { pause, .. }) = &answer {
            self.pause.begin(error, *pause);
        }
        answer
    }

    async fn exchange(&self, command: &Value) -> Result<Value, UpstashError> {
        let request = self.client.post(self.url.clone()).bearer_auth(self.token.expose_secret());
        let request = request.header("upstash-encoding", "base64").json(command);
        let mut response = request.send().await.map_err(|error| UpstashError::from_transport(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        // The body is read to its end, because the client reuses the connection only then.
        while let Some(chunk) = response.chunk().await.map_err(|error| UpstashError::from_transport(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_RESPONSE_BYTES {
                let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
                return Err(UpstashError::not_json(status, kind));
            }
        }
        answer::read(status, &headers, &body).map_err(|error| error.redacted(self.token.expose_secret()))
    }
}

/// The configuration accepts plain HTTP on the loopback only, where a compatible server runs and
/// never Upstash.
fn is_plain_http(url: &Url) -> bool {
    url.scheme() == "http"
}

/// A compatible server uses a stock Redis, which rejects Upstash's first line.
fn script_for(url: &Url) -> String {
    let first_line = if is_plain_http(url) { "" } else { KEY_LOCKING };
    format!("{first_line}{SCRIPT}")
}

impl fmt::Debug for Upstash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upstash")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_upstash_receives_its_first_line() {
        let of = |url: &str| script_for(&Url::parse(url).unwrap());
        assert_eq!(of("http://127.0.0.1:8079/"), SCRIPT);
        assert_eq!(of("https://eu1-example.upstash.io/"), format!("#!lua flags=allow-key-locking\n{SCRIPT}"));
    }

    #[test]
    fn the_token_is_never_shown() {
        let url = Url::parse("https://eu1-example.upstash.io/").unwrap();
        let upstash = Upstash::new(url, "hunter2".into(), Duration::from_secs(1)).unwrap();
        assert!(!format!("{upstash:?}").contains("hunter2"));
    }
}
