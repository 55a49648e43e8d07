//! The separate listener for Prometheus. It is not public (ASVS 13.4.5).
//!
//! It is apart from `metrics`, because the listener itself counts what it refuses.

use crate::listen::{self, SocketLimits};
use crate::metrics;
use crate::start_error::StartError;
use axum::Router;
use axum::routing::get;
use std::future::pending;
use std::net::SocketAddr;

/// Serves `/metrics` until the process ends.
///
/// # Errors
/// The address cannot be bound, or the process has a metrics recorder already.
pub async fn serve(address: SocketAddr) -> Result<(), StartError> {
    let bound = listen::bind("METRICS_ADDR", address).await;
    let listener = bound.map_err(|told| format!("{told}; METRICS_ADDR= (blank) turns it off"))?;
    let numbers = metrics::record()?;
    let router = Router::new().route("/metrics", get(move || std::future::ready(numbers.render())));
    tokio::spawn(listen::serve(listener, router, SocketLimits::METRICS, pending()));
    Ok(())
}
