//! Applies the faults to requests: delays, failing answers, closed connections.

use super::connection::Connection;
use crate::faults::{Api, Failure};
use crate::model::refused::Refused;
use crate::server::Clerk;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// Longer than the timeout of any client.
const LONGEST_DELAY_MS: u64 = 60_000;

pub(super) async fn in_frontend(State(clerk): State<Clerk>, request: Request, next: Next) -> Response {
    apply(&clerk, Api::Frontend, request, next).await
}

pub(super) async fn in_backend(State(clerk): State<Clerk>, request: Request, next: Next) -> Response {
    apply(&clerk, Api::Backend, request, next).await
}

async fn apply(clerk: &Clerk, api: Api, request: Request, next: Next) -> Response {
    let (delay_ms, failure) = {
        let mut faults = clerk.faults();
        let applies = faults.apply_to(api, request.uri().path());
        if applies { (faults.slow_ms, faults.next_failure()) } else { (0, None) }
    };
    tokio::time::sleep(Duration::from_millis(delay_ms.min(LONGEST_DELAY_MS))).await;
    match failure {
        None => next.run(request).await,
        Some(Failure::Status(status, retry_after_s)) => failing(status, retry_after_s),
        Some(Failure::Disconnect) => {
            Connection::of(&request).iter().for_each(Connection::close);
            // Nobody receives it.
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

fn failing(status: u16, retry_after_s: Option<u64>) -> Response {
    let mut response = Refused::new(status, "local_fault", "This fault was requested.").into_response();
    if let Some(seconds) = retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
