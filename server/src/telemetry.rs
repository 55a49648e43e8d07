//! The log: structured, one line for each request, without secrets.
//!
//! A line has method, path, status, duration and request id. It omits the query, because a
//! handshake carries a session token there, and never contains headers or bodies. The formatter
//! escapes control characters (ASVS 16.2.5, 16.4.1).

use crate::log_writer::LogWriter;
use crate::request_id::RequestId;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use std::io::IsTerminal;
use std::time::Instant;
use tracing::{Instrument, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Starts logging to standard error: JSON in production, readable lines in development.
pub fn start(json: bool, filter: EnvFilter) {
    if tracing::subscriber::set_global_default(subscriber(json, filter, LogWriter::of_process())).is_err() {
        tracing::debug!("logging was started before");
    }
}

/// The subscriber of [`start`] with another writer.
pub fn subscriber<W>(json: bool, filter: EnvFilter, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let colors = !json && std::io::stderr().is_terminal();
    // By default a line that cannot be written, because the disk is full or the reader of a pipe
    // has ended, is reported with `eprintln!`, which panics then and ends the request.
    let logs = tracing_subscriber::fmt().log_internal_errors(false);
    let logs = logs.with_env_filter(filter).with_writer(writer).with_ansi(colors);
    if json { Box::new(logs.json().finish()) } else { Box::new(logs.compact().with_target(false).finish()) }
}

pub(crate) async fn trace(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request.extensions().get::<RequestId>().map(|id| id.as_str().to_owned()).unwrap_or_default();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", id, %method, path);
    let response = next.run(request).instrument(span.clone()).await;
    let elapsed = started.elapsed();
    let (status, micros) = (response.status().as_u16(), elapsed.as_micros());
    span.in_scope(|| match status {
        500.. => tracing::error!(status, micros, "answered"),
        _ => tracing::info!(status, micros, "answered"),
    });
    crate::metrics::count(&path, status, elapsed);
    response
}
