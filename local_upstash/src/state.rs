//! The state that the handlers share: the Redis connection, the active faults and the counters that
//! tests read.

use redis::aio::MultiplexedConnection;
use std::collections::HashMap;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
        body: "{\"error\":\"ERR max requests limit exceeded. Limit: 500000, Usage: 500000. \
            See https://upstash.com/docs/redis/troubleshooting/max_requests_limit for details\"}",
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

#[derive(Clone)]
pub(crate) struct Upstash(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) redis: MultiplexedConnection,
    pub(crate) token: String,
    pub(crate) faults: Mutex<Faults>,
    /// Names of the received commands, including refused ones; one entry for each HTTP request.
    pub(crate) requests: Mutex<Vec<String>>,
    /// A second handle of every accepted connection.
    pub(crate) connections: Mutex<Vec<TcpStream>>,
    /// Maps the hash of a script with Upstash's first line to the hash without it, under which
    /// Redis knows the script.
    pub(crate) stripped: Mutex<HashMap<String, String>>,
}

impl std::fmt::Debug for Upstash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Upstash")
    }
}

impl Upstash {
    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.0.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn requests(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn connections(&self) -> MutexGuard<'_, Vec<TcpStream>> {
        self.0.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shuts down every connection, and returns a handle of each.
    pub(crate) fn shut_down(&self, how: Shutdown) -> Vec<TcpStream> {
        let streams: Vec<_> = self.connections().iter().filter_map(|stream| stream.try_clone().ok()).collect();
        // The error of a connection that is closed already does not matter.
        streams.iter().for_each(|stream| drop(stream.shutdown(how)));
        streams
    }

    pub(crate) fn stripped(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.stripped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
