//! Records the present activity of a connection, and says when it takes too long.
//!
//! Hyper limits the time of HTTP/1 headers only, and counts the rest between two requests as a part
//! of it. Here a request head, the rest, and a response that the client does not read have limits
//! of their own, for HTTP/1 and HTTP/2 alike.

use http::Version;
use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The times after which a connection is closed.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the head of a request, from its first byte on, and for the first request of a
    /// connection.
    pub head: Duration,
    /// Between two requests, and for a client that does not read its response.
    pub idle: Duration,
}

/// The present activity of a connection. A clone shares it.
#[derive(Clone)]
pub(crate) struct Activity(Arc<Mutex<Phase>>);

struct Phase {
    /// The number of requests whose response has not ended.
    running: usize,
    /// The beginning of the head or of the rest.
    since: Instant,
    /// Whether a request head is expected or has begun.
    awaits_head: bool,
    /// HTTP/2: control frames arrive at any time, so a byte does not begin a request.
    is_multiplexed: bool,
    /// Since when the client accepts no bytes.
    stalled: Option<Instant>,
    /// HTTP/2: the responses whose next part waits until the client makes room for it, oldest
    /// first. A stream may have no room while the connection has.
    waiting: Vec<(u64, Instant)>,
    /// The number of requests so far.
    begun: u64,
}

impl Phase {
    /// A request of this number waits no longer.
    fn forget(&mut self, number: u64) {
        self.waiting.retain(|(waiting, _)| *waiting != number);
    }
}

impl Activity {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Phase {
            running: 0,
            since: Instant::now(),
            awaits_head: true,
            is_multiplexed: false,
            stalled: None,
            waiting: Vec::new(),
            begun: 0,
        })))
    }

    /// Counts a request until the result is dropped.
    pub(crate) fn begin(&self, version: Version) -> Running {
        let mut phase = self.lock();
        phase.running += 1;
        phase.awaits_head = false;
        phase.is_multiplexed = version == Version::HTTP_2;
        phase.begun += 1;
        Running { activity: self.clone(), number: phase.begun }
    }

    /// Whether the present activity takes too long.
    pub(crate) fn is_overdue(&self, patience: Patience) -> bool {
        let phase = self.lock();
        let limit = if phase.awaits_head { patience.head } else { patience.idle };
        let is_quiet = phase.running == 0 && phase.since.elapsed() > limit;
        let waits_since = phase.stalled.into_iter().chain(phase.waiting.first().map(|(_, since)| *since)).min();
        is_quiet || waits_since.is_some_and(|since| since.elapsed() > patience.idle)
    }

    fn read(&self) {
        let mut phase = self.lock();
        if phase.running == 0 && !phase.awaits_head && !phase.is_multiplexed {
            (phase.awaits_head, phase.since) = (true, Instant::now());
        }
    }

    fn written(&self, is_pending: bool) {
        let mut phase = self.lock();
        phase.stalled = is_pending.then(|| phase.stalled.unwrap_or_else(Instant::now));
    }

    fn lock(&self) -> MutexGuard<'_, Phase> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request whose response has not ended.
pub(crate) struct Running {
    activity: Activity,
    number: u64,
}

impl Running {
    /// Says that the next part of the response is there, and waits for the client.
    pub(crate) fn wait_for_client(&self) {
        let mut phase = self.activity.lock();
        if phase.is_multiplexed {
            phase.waiting.push((self.number, Instant::now()));
        }
    }

    /// Says that the client has made room.
    pub(crate) fn go_on(&self) {
        self.activity.lock().forget(self.number);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut phase = self.activity.lock();
        phase.forget(self.number);
        phase.running -= 1;
        phase.since = Instant::now();
    }
}

/// A socket that records its activity.
pub(crate) struct Observed {
    pub(crate) socket: TcpStream,
    pub(crate) activity: Activity,
}

impl AsyncRead for Observed {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.socket).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.activity.read();
        }
        polled
    }
}

impl Observed {
    fn after_write(&self, polled: Poll<Result<usize>>) -> Poll<Result<usize>> {
        self.activity.written(polled.is_pending());
        polled
    }
}

impl AsyncWrite for Observed {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let polled = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.after_write(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let polled = Pin::new(&mut self.socket).poll_write_vectored(cx, parts);
        self.after_write(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience { head: Duration::from_millis(20), idle: Duration::from_millis(200) };

    #[test]
    fn a_head_a_rest_and_a_stalled_response_have_their_own_times() {
        let after = |activity: &Activity, milliseconds| {
            std::thread::sleep(Duration::from_millis(milliseconds));
            activity.is_overdue(PATIENCE)
        };
        let activity = Activity::new();
        assert!(!after(&activity, 0) && after(&activity, 40), "the first request");
        let running = activity.begin(Version::HTTP_11);
        assert!(!after(&activity, 40), "a request runs as long as it needs");
        drop(running);
        assert!(!after(&activity, 40), "a rest is longer than a head");
        activity.read();
        assert!(!activity.is_overdue(PATIENCE) && after(&activity, 40), "the next head");
        let running = activity.begin(Version::HTTP_2);
        activity.written(true);
        assert!(!after(&activity, 40) && after(&activity, 220), "a stalled response");
        activity.written(false);
        running.wait_for_client();
        assert!(!after(&activity, 40) && after(&activity, 220), "a stream without room");
        running.go_on();
        assert!(!activity.is_overdue(PATIENCE), "a stream with room");
        drop(running);
        activity.read();
        assert!(!after(&activity, 40) && after(&activity, 220), "control frames of HTTP/2");
    }
}
