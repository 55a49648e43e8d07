//! Parses the responses of Upstash, and tells the possible failures apart for the log.
//!
//! Every error makes the limiter unavailable, also an exhausted quota of Upstash: the service
//! refuses this application, not the caller.

use super::pause::{self, RESET_HEADERS};
use crate::clock::Clock;
use http::{HeaderMap, StatusCode};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::Value;
use std::error::Error;
use std::time::Duration;

/// Why Upstash cannot be used. Each text names the remedy, and no text contains the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::limit) enum UpstashError {
    #[error(
        "it cannot be reached ({0}): check that UPSTASH_REDIS_REST_URL names the right host, and that this machine may connect to it"
    )]
    Unreachable(String),
    #[error("it did not answer in time")]
    Timeout,
    #[error("the connection ended before the whole answer ({0}); the call may have counted and is not repeated")]
    ConnectionLost(String),
    #[error("it refuses the token ({0}): copy UPSTASH_REDIS_REST_TOKEN of this database from Upstash's console")]
    Token(String),
    #[error(
        "the token may not run scripts ({0}): use the standard token as UPSTASH_REDIS_REST_TOKEN, not the read-only one"
    )]
    ReadOnly(String),
    #[error(
        "a quota of Upstash is exhausted ({message}; reset: {reset}): wait for the reset, or raise the limits of the database in Upstash's console"
    )]
    Quota { message: String, reset: String, pause: Duration },
    #[error("it fails with status {0}: see Upstash's status page")]
    ServerError(StatusCode),
    #[error(
        "the answer is not JSON but {kind} with status {status}: a proxy between this server and Upstash answers, or UPSTASH_REDIS_REST_URL names another service"
    )]
    NotJson { status: StatusCode, kind: String },
    #[error("the answer ends in the middle; the call may have counted and is not repeated")]
    Truncated,
    #[error("it does not have the script")]
    UnknownScript,
    #[error("it reports an error of Redis: {0}")]
    Redis(String),
    #[error("the answer does not belong to this command: check that UPSTASH_REDIS_REST_URL names Upstash")]
    Unexpected,
}

/// Phrases that identify Upstash's quota errors (Upstash documentation: troubleshooting).
const QUOTA_PHRASES: [&str; 3] = ["max requests limit", "max daily request limit", "budget"];

/// Longest quoted text of a response, in characters.
const MAX_QUOTED_CHARACTERS: usize = 200;

/// Returns the result of the command, or the error.
pub(super) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<Value, UpstashError> {
    let answer = serde_json::from_slice::<Value>(body);
    let message = answer.as_ref().ok().and_then(|answer| answer.get("error")).and_then(Value::as_str);
    let shown = message.unwrap_or_else(|| status.as_str()).to_owned();
    if status == StatusCode::UNAUTHORIZED {
        return Err(UpstashError::Token(shown));
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(quota(shown, headers));
    }
    if status.is_server_error() {
        return Err(UpstashError::ServerError(status));
    }
    if let Some(message) = message {
        return Err(classify(message, headers));
    }
    match answer {
        Err(error) if error.is_eof() && !body.is_empty() => Err(UpstashError::Truncated),
        Err(_) => Err(UpstashError::not_json(status, headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes))),
        Ok(mut answer) => {
            let result = answer.get_mut("result").filter(|_| status.is_success()).map(Value::take);
            result.ok_or(UpstashError::Unexpected)
        }
    }
}

/// Classifies an error text of Redis or of the service.
fn classify(message: &str, headers: &HeaderMap) -> UpstashError {
    let text = message.to_owned();
    match message.split_whitespace().next() {
        Some("NOSCRIPT") => UpstashError::UnknownScript,
        Some("WRONGPASS" | "NOAUTH") => UpstashError::Token(text),
        Some("NOPERM") => UpstashError::ReadOnly(text),
        _ if QUOTA_PHRASES.iter().any(|quota| message.contains(quota)) => quota(text, headers),
        _ => UpstashError::Redis(text),
    }
}

/// The units of the headers differ, so the log repeats the value unchanged.
fn quota(message: String, headers: &HeaderMap) -> UpstashError {
    let reset = RESET_HEADERS.iter().find_map(|name| headers.get(name)?.to_str().ok());
    let pause = pause::until_reset(headers, Clock::default().now_ms());
    UpstashError::Quota { message, reset: reset.unwrap_or("unknown").to_owned(), pause }
}

impl UpstashError {
    /// Classifies an error of the connection.
    pub(super) fn from_transport(error: &reqwest::Error) -> Self {
        // The innermost cause contains neither the URL nor a header.
        let mut cause: &dyn Error = error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        match error {
            error if error.is_timeout() => Self::Timeout,
            error if error.is_connect() => Self::Unreachable(cause.to_string()),
            _ => Self::ConnectionLost(cause.to_string()),
        }
    }

    pub(super) fn not_json(status: StatusCode, kind: Option<&[u8]>) -> Self {
        let kind = kind.map_or("text of an unknown type".into(), String::from_utf8_lossy).into_owned();
        Self::NotJson { status, kind }
    }

    /// Makes the error safe for the log: foreign texts become one short line, and the token is
    /// replaced if a text repeats it.
    pub(super) fn redacted(self, token: &str) -> Self {
        let clean = |text: String| {
            let text = if token.is_empty() { text } else { text.replace(token, "[token]") };
            text.chars().take(MAX_QUOTED_CHARACTERS).flat_map(char::escape_debug).collect()
        };
        match self {
            Self::Token(message) => Self::Token(clean(message)),
            Self::ReadOnly(message) => Self::ReadOnly(clean(message)),
            Self::Quota { message, reset, pause } => {
                Self::Quota { message: clean(message), reset: clean(reset), pause }
            }
            Self::NotJson { status, kind } => Self::NotJson { status, kind: clean(kind) },
            Self::Redis(message) => Self::Redis(clean(message)),
            same @ (Self::Unreachable(_)
            | Self::Timeout
            | Self::ConnectionLost(_)
            | Self::ServerError(_)
            | Self::Truncated
            | Self::UnknownScript
            | Self::Unexpected) => same,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;
    use serde_json::json;

    fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Result<Value, UpstashError> {
        let headers =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        read(StatusCode::from_u16(status).unwrap(), &headers.collect(), body.as_bytes())
    }

    fn text(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> String {
        answer(status, headers, body).unwrap_err().redacted("hunter2").to_string()
    }

    #[test]
    fn every_type_of_result_is_parsed() {
        for result in [json!([1, 0, 1]), json!("UE9ORw=="), json!(null), json!(-5)] {
            assert_eq!(answer(200, &[], &json!({ "result": result }).to_string()), Ok(result));
        }
    }

    #[test]
    fn each_failure_has_its_own_text() {
        let html = [("content-type", "text/html")];
        let quota = r#"{"error":"ERR max requests limit exceeded. Limit: 500000, Usage: 500000."}"#;
        let cases: [(u16, &[_], &str, &[&str]); 17] = [
            (
                401,
                &[],
                r#"{"error":"WRONGPASS invalid or missing auth token"}"#,
                &["UPSTASH_REDIS_REST_TOKEN", "WRONGPASS"],
            ),
            (401, &html, "<html>", &["UPSTASH_REDIS_REST_TOKEN", "401"]),
            (400, &[], r#"{"error":"WRONGPASS no"}"#, &["UPSTASH_REDIS_REST_TOKEN"]),
            (400, &[], r#"{"error":"NOPERM this user has no permissions"}"#, &["read-only"]),
            (429, &[("retry-after", "30")], "", &["quota", "reset: 30"]),
            (429, &[("x-ratelimit-reset", "1800000000")], quota, &["quota", "500000", "reset: 1800000000"]),
            (400, &[], quota, &["quota", "Usage: 500000", "reset: unknown"]),
            (400, &[], r#"{"error":"ERR max daily request limit exceeded"}"#, &["quota"]),
            (
                400,
                &[],
                r#"{"error":"ERR database has been suspended for exceeding the defined budget limit"}"#,
                &["quota", "suspended"],
            ),
            (503, &html, "<html>", &["503"]),
            (500, &[], r#"{"error":"internal"}"#, &["500"]),
            (200, &html, "<html>", &["not JSON", "text/html", "between"]),
            (404, &html, "<html>", &["not JSON", "404"]),
            (200, &[], "", &["not JSON"]),
            (200, &[], r#"{"result":[1,0"#, &["ends in the middle"]),
            (200, &[], r#"{"answer":1}"#, &["does not belong to this command"]),
            (400, &[], r#"{"error":"WRONGTYPE of hunter2\nnext line"}"#, &[r"WRONGTYPE of [token]\nnext line"]),
        ];
        for (status, headers, body, phrases) in cases {
            let text = text(status, headers, body);
            assert!(phrases.iter().all(|phrase| text.contains(phrase)), "{status} {body}: {text}");
            assert!(!text.contains("hunter2") && !text.contains('\n'), "{text}");
        }
    }

    #[test]
    fn only_an_unknown_script_is_followed_by_its_text() {
        let unknown = answer(400, &[], r#"{"error":"NOSCRIPT No matching script. Please use EVAL."}"#);
        assert_eq!(unknown, Err(UpstashError::UnknownScript));
        let of_a_script = answer(400, &[], r#"{"error":"ERR user_script:1: NOSCRIPT"}"#);
        assert!(matches!(of_a_script, Err(UpstashError::Redis(_))));
        // A request that fails inside the service may have counted.
        let failing = answer(500, &[], r#"{"error":"NOSCRIPT No matching script."}"#);
        assert!(matches!(failing, Err(UpstashError::ServerError(_))));
    }

    #[test]
    fn a_long_text_is_cut_short() {
        let text = text(400, &[], &json!({ "error": "x".repeat(10_000) }).to_string());
        assert!(text.len() < 300, "{text}");
    }
}
