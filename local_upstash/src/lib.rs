//! Upstash's HTTP API in front of a local Redis, for tests: single commands and pipelines with
//! Upstash's encoding and errors, and injected faults. It does not emulate Redis, so a script
//! counts as it does at Upstash.

mod command;
mod faults;
mod state;

pub use state::{Canned, Cut, Faults};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::serve::ListenerExt;
use serde_json::{Value, json};
use state::{Inner, Upstash};
use std::error::Error;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A running server. Dropping it stops it from accepting connections.
#[derive(Debug)]
pub struct LocalUpstash {
    address: SocketAddr,
    upstash: Upstash,
    task: JoinHandle<()>,
}

/// Starts the server on `listen` in front of the Redis at `redis_url`. Requests need `token`.
///
/// # Errors
/// Redis does not answer, or the address cannot be bound.
pub async fn start(redis_url: &str, token: &str, listen: SocketAddr) -> Result<LocalUpstash, Box<dyn Error>> {
    let redis = redis::Client::open(redis_url)?.get_multiplexed_async_connection().await?;
    let upstash = Upstash(Arc::new(Inner {
        redis,
        token: token.to_owned(),
        faults: Mutex::default(),
        requests: Mutex::default(),
        connections: Mutex::default(),
        stripped: Mutex::default(),
    }));
    let listener = TcpListener::bind(listen).await?;
    let (address, accepted) = (listener.local_addr()?, upstash.clone());
    let listener = listener.tap_io(move |stream| {
        let second_handle = stream.as_fd().try_clone_to_owned();
        accepted.connections().extend(second_handle.map(TcpStream::from));
        drop(stream.set_nodelay(true));
    });
    let app = Router::new()
        .route("/", post(single))
        .route("/pipeline", post(pipeline))
        .layer(from_fn_with_state(upstash.clone(), authorized))
        .layer(from_fn_with_state(upstash.clone(), faults::inject))
        .with_state(upstash.clone());
    let task = tokio::spawn(async move { drop(axum::serve(listener, app).await) });
    Ok(LocalUpstash { address, upstash, task })
}

impl LocalUpstash {
    /// The value for `UPSTASH_REDIS_REST_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Injects these faults from now on; the default removes them.
    pub fn set_faults(&self, faults: Faults) {
        *self.upstash.faults() = faults;
    }

    /// Returns the commands since the last call, one entry for each request. The commands of a
    /// pipeline are joined by commas.
    #[must_use]
    pub fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.upstash.requests())
    }

    /// Number of accepted connections.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.upstash.connections().len()
    }

    /// Closes every connection, as a load balancer does after silence, and waits until the clients
    /// have closed their side.
    pub async fn close_connections(&self) {
        for stream in self.upstash.shut_down(Shutdown::Write) {
            while matches!(stream.peek(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock) {
                tokio::task::yield_now().await;
            }
        }
    }
}

impl Drop for LocalUpstash {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

async fn authorized(State(upstash): State<Upstash>, request: Request, next: Next) -> Response {
    let expected = format!("Bearer {}", upstash.0.token);
    if request.headers().get(header::AUTHORIZATION).map(HeaderValue::as_bytes) == Some(expected.as_bytes()) {
        return next.run(request).await;
    }
    answer(StatusCode::UNAUTHORIZED, &json!({ "error": "WRONGPASS invalid or missing auth token" }))
}

fn wants_base64(headers: &HeaderMap) -> bool {
    headers.get("upstash-encoding").is_some_and(|encoding| encoding == "base64")
}

/// Runs one command, and answers with its result, or with 400 and its error.
async fn single(State(upstash): State<Upstash>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(arguments) = serde_json::from_slice::<Vec<Value>>(&body) else { return not_a_command() };
    upstash.requests().push(command::name(&arguments));
    match command::run(&upstash, &arguments, wants_base64(&headers)).await {
        Ok(result) => answer(StatusCode::OK, &json!({ "result": result })),
        Err(text) => answer(StatusCode::BAD_REQUEST, &json!({ "error": text })),
    }
}

/// Runs several commands, and answers with the result or the error of each.
async fn pipeline(State(upstash): State<Upstash>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(commands) = serde_json::from_slice::<Vec<Vec<Value>>>(&body) else { return not_a_command() };
    upstash.requests().push(commands.iter().map(|arguments| command::name(arguments)).collect::<Vec<_>>().join(","));
    let mut answers = Vec::new();
    for arguments in &commands {
        answers.push(match command::run(&upstash, arguments, wants_base64(&headers)).await {
            Ok(result) => json!({ "result": result }),
            Err(text) => json!({ "error": text }),
        });
    }
    answer(StatusCode::OK, &Value::from(answers))
}

fn not_a_command() -> Response {
    answer(StatusCode::BAD_REQUEST, &json!({ "error": "ERR failed to parse the command" }))
}
