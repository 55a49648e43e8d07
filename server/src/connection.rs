//! Serves one connection: HTTP/1 or HTTP/2, with limits of time and size.

use crate::activity::{Activity, Observed, Patience, Running};
use crate::overload::BeyondLimit;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tower::ServiceExt;

/// The longest request head. Clerk's cookies and the parameters of a handshake have up to 20 KiB.
/// HTTP/1 uses a buffer of this size for bodies too.
const HEAD_BYTES: u16 = 32 * 1024;
/// A browser opens about 100 streams at most (RFC 9113 section 6.5.2 recommends no fewer).
const STREAMS: u32 = 100;
/// The bytes that a client may send ahead on a stream and on a connection of HTTP/2.
const STREAM_WINDOW: u32 = 64 * 1024;
const CONNECTION_WINDOW: u32 = 256 * 1024;
/// The bytes of a response on HTTP/2 that wait for the client.
const SEND_BUFFER: usize = 64 * 1024;
/// A peer that does not answer a ping of HTTP/2 within the second time is gone.
const PING_INTERVAL: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection that was accepted.
pub(crate) struct Accepted {
    pub(crate) socket: TcpStream,
    pub(crate) peer: SocketAddr,
    /// Whether the server has reached its limit of connections. The client then gets one answer.
    pub(crate) is_beyond_limit: bool,
}

/// Serves requests until the client or the server closes the connection.
pub(crate) async fn serve(accepted: Accepted, router: Router, patience: Patience, watcher: Watcher) {
    let Accepted { socket, peer, is_beyond_limit } = accepted;
    let activity = Activity::new();
    let socket = TokioIo::new(Observed { socket, activity: activity.clone() });
    let service = Requests { router, peer, is_beyond_limit, activity: activity.clone() };
    let builder = builder(!is_beyond_limit);
    let mut connection = pin!(watcher.watch(builder.serve_connection(socket, service)));
    loop {
        tokio::select! {
            ended = &mut connection => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended with an error");
                }
                return;
            }
            () = tokio::time::sleep(patience.head / 4) => if activity.is_overdue(patience) {
                tracing::debug!("a connection was closed, because it sent nothing or read nothing for too long");
                return;
            }
        }
    }
}

fn builder(keep_alive: bool) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().keep_alive(keep_alive).max_buf_size(usize::from(HEAD_BYTES));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::from(HEAD_BYTES))
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT);
    builder
}

/// The requests of a connection.
struct Requests {
    router: Router,
    peer: SocketAddr,
    is_beyond_limit: bool,
    activity: Activity,
}

impl hyper::service::Service<Request<Incoming>> for Requests {
    type Response = http::Response<RunningBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let running = self.activity.begin(request.version());
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        if self.is_beyond_limit {
            request.extensions_mut().insert(BeyondLimit);
        }
        let router = self.router.clone();
        Box::pin(async move {
            let response: Response = router.oneshot(request).await?;
            running.wait_for_client();
            Ok(response.map(|body| RunningBody { body, running }))
        })
    }
}

/// The body of a response, whose request counts until it ends.
struct RunningBody {
    body: Body,
    running: Running,
}

impl hyper::body::Body for RunningBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        self.running.go_on();
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(polled, Poll::Ready(Some(Ok(_)))) {
            self.running.wait_for_client();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
