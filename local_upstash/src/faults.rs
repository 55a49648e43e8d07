//! Injected faults: slow, truncated and canned responses.

use crate::state::{Canned, Cut, Faults, Upstash};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use std::net::Shutdown;

pub(crate) async fn inject(State(upstash): State<Upstash>, request: Request, next: Next) -> Response {
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
        Some(cut) => truncate(upstash, response, cut).await,
    }
}

async fn truncate(upstash: Upstash, response: Response, cut: Cut) -> Response {
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
