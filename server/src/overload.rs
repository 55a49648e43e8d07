//! Refuses the requests beyond a number with 503 and `Retry-After`, at once.
//!
//! A queue would only delay the refusal: its requests hold memory, and their clients give up before
//! they are served. A load balancer sends a refused request to another server.

use crate::{layers, metrics};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The number of requests that a part of the router serves at once.
#[derive(Clone)]
pub(crate) struct Capacity {
    name: &'static str,
    free: Arc<Semaphore>,
}

impl Capacity {
    /// `name` is the value of the label in the metric of refused requests.
    pub(crate) fn new(name: &'static str, requests: usize) -> Self {
        Self { name, free: Arc::new(Semaphore::new(requests)) }
    }
}

/// Serves the request if a place is free. The place is free again when the response begins, or when
/// the client hangs up.
pub(crate) async fn admit(State(capacity): State<Capacity>, request: Request, next: Next) -> Response {
    let Ok(_place) = capacity.free.try_acquire() else {
        metrics::count_refused(capacity.name);
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    next.run(request).await
}

/// The same for uploads that have more time than other requests, which pass.
pub(crate) async fn admit_upload(capacity: State<Capacity>, request: Request, next: Next) -> Response {
    if layers::upload_time(request.headers()).is_zero() {
        return next.run(request).await;
    }
    admit(capacity, request, next).await
}

/// Marks the request of a connection beyond the limit of connections.
#[derive(Clone, Copy)]
pub(crate) struct BeyondLimit;

/// Refuses the requests of connections beyond the limit.
pub(crate) async fn refuse_beyond_limit(request: Request, next: Next) -> Response {
    if request.extensions().get::<BeyondLimit>().is_none() {
        return next.run(request).await;
    }
    metrics::count_refused("connections");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}
