//! Injected faults: slow, truncated and canned responses.

use crate::Upstash;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use std::net::Shutdown;
use std::time::Duration;

/// The active faults; the default is none.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// Delay of every response, after its command has run.
    pub slow: Duration,
    /// Truncation of every response, after its command has run.
    pub cut: Option<Cut>,
    /// A response that is sent instead of running the command.
    pub answer: Option<Canned>,
}

/// Where a response is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// In the middle of the body, with the end of the connection.
    Connection,
    /// In the middle of the JSON, in an otherwise valid HTTP response.
    Json,
}

/// A response that does not come from Redis: from the service itself, or from a proxy in front of
/// it.
#[derive(Clone, Copy, Debug)]
pub struct Canned {
    /// Status code.
    pub status: u16,
    /// Names and values of the headers.
    pub headers: &'static [(&'static str, &'static str)],
    /// The body.
    pub body: &'static str,
}

impl Canned {
    /// The quota is exhausted, and resets after 30 seconds.
    pub const QUOTA: Self = Self {
        status: 429,
        headers: &[("content-type", "application/json"), ("retry-after", "30")],
        body: r#"{"error":"ERR max requests limit exceeded. Limit: 500000, Usage: 500000. See https://upstash.com/docs/redis/troubleshooting/max_requests_limit for details"}"#,
    };
    /// The login page of a proxy, with status 200.
    pub const PAGE: Self = Self {
        status: 200,
        headers: &[("content-type", "text/html; charset=utf-8")],
        body: "<!doctype html><title>Sign in to the network</title>",
    };
    /// The service fails.
    pub const FAILURE: Self = Self { status: 503, headers: &[], body: "upstream connect error" };
}

pub(crate) async fn disturbed(State(upstash): State<Upstash>, request: Request, next: Next) -> Response {
    let Faults { slow, cut, answer } = upstash.faults().clone();
    let response = match answer {
        Some(canned) => canned.into_response(),
        None => next.run(request).await,
    };
    if !slow.is_zero() {
        // Even a sleep of zero waits for the next tick, 1 ms.
        tokio::time::sleep(slow).await;
    }
    match cut {
        None => response,
        Some(cut) => cut_off(upstash, response, cut).await,
    }
}

async fn cut_off(upstash: Upstash, response: Response, cut: Cut) -> Response {
    let (mut head, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    let body = match cut {
        Cut::Json => {
            head.headers.remove(header::CONTENT_LENGTH);
            Body::from(half)
        }
        Cut::Connection => {
            head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
            let end = async move {
                // The first half must leave before the connection ends.
                tokio::task::yield_now().await;
                upstash.shut_down(Shutdown::Both);
                Err(std::io::Error::other("cut"))
            };
            Body::from_stream(stream::iter([Ok::<Bytes, _>(half)]).chain(stream::once(end)))
        }
    };
    Response::from_parts(head, body)
}

impl IntoResponse for Canned {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        response
    }
}
