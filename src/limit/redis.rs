//! Counters in Redis: one script, one round trip and one deadline for each decision.
//!
//! A script that may have run is never sent again, because it may have counted. A connection must
//! therefore be alive before a script goes out on it. Servers and load balancers close idle
//! connections, so a connection that was silent for more than 5 ms is first checked with a `PING`,
//! which counts nothing. A connection that does not answer is replaced, and that is not an outage.

use super::take::Take;
use super::window::{Counters, Mode};
use redis::aio::MultiplexedConnection;
use redis::io::tcp::TcpSettings;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, ErrorKind, IntoConnectionInfo, RedisError, RedisResult, Script,
    ServerErrorKind,
};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

pub(super) struct Redis {
    client: Client,
    /// The connection that all calls share. The lock is held while the connection is checked or
    /// replaced, never while a script runs.
    current: Mutex<Option<LiveConnection>>,
    /// Number of connections made so far.
    connections: AtomicU64,
    script: Script,
    deadline: Duration,
}

/// A connection with its number and the time of its last response.
#[derive(Clone)]
struct LiveConnection {
    connection: MultiplexedConnection,
    number: u64,
    answered: Instant,
}

/// The remedy in every log entry of this file.
const REMEDY: &str =
    "check that the Redis of REDIS_URL runs, that this machine can reach it, and that user and password are right";
/// How long a connection counts as alive after a response. Under load no call needs a `PING`.
const TRUST_PERIOD: Duration = Duration::from_millis(5);

/// The result of the script: counted (1 or 0), previous, current.
type Answer = (i64, i64, i64);

pub(super) const SCRIPT: &str = include_str!("sliding_window.lua");

impl Redis {
    pub(super) fn new(url: &SecretString, deadline: Duration) -> Result<Self, RedisError> {
        let client = Client::open(check_url(url)?.set_tcp_settings(tcp_settings(deadline)))?;
        Ok(Self {
            client,
            current: Mutex::default(),
            connections: AtomicU64::default(),
            script: Script::new(SCRIPT),
            deadline,
        })
    }

    /// # Errors
    /// The reason for the log.
    pub(super) async fn take(&self, take: Take<'_>) -> Result<(bool, Counters), String> {
        let Take { keys, window, cost, now_ms, mode, .. } = take;
        let call = |command: &str, script: &str| {
            let mut call = redis::cmd(command);
            call.arg(script).arg(2).arg(&keys.current).arg(&keys.previous);
            call.arg(window.limit()).arg(now_ms).arg(window.length()).arg(cost).arg(i32::from(mode == Mode::Strict));
            call
        };
        match tokio::time::timeout(self.deadline, self.evaluate(call)).await {
            Ok(Ok((counted, previous, current))) => Ok((counted == 1, Counters { previous, current })),
            Ok(Err(error)) => Err(format!("Redis cannot count ({:?}): {REMEDY}", error.kind())),
            Err(_) => Err(format!("Redis did not answer in time: {REMEDY}")),
        }
    }

    /// Sends the hash of the script. If Redis does not know it (after a restart or `SCRIPT FLUSH`),
    /// the text follows.
    async fn evaluate(&self, call: impl Fn(&str, &str) -> Cmd) -> RedisResult<Answer> {
        let LiveConnection { mut connection, number, .. } = self.live().await?;
        let mut answer = call("EVALSHA", self.script.get_hash()).query_async(&mut connection).await;
        if is_unknown_script(&answer) {
            answer = call("EVAL", SCRIPT).query_async(&mut connection).await;
        }
        self.record_response(number, answer.is_ok());
        answer
    }

    /// Records a response. After an error (the connection is lost, or the server has become a
    /// replica) the next call makes a new connection.
    fn record_response(&self, number: u64, answered: bool) {
        // The holder of the lock checks the connection itself, and this response must not wait for
        // that.
        let Ok(mut current) = self.current.try_lock() else { return };
        if let Some(live) = current.as_mut().filter(|live| live.number == number) {
            live.answered = Instant::now();
            if !answered {
                *current = None;
            }
        }
    }

    /// Returns a live connection: the current one if it answered within [`TRUST_PERIOD`] or answers
    /// now, else a new one.
    async fn live(&self) -> RedisResult<LiveConnection> {
        let mut current = self.current.lock().await;
        if let Some(live) = current.as_mut() {
            if live.answered.elapsed() < TRUST_PERIOD {
                return Ok(live.clone());
            }
            if self.responds(&mut live.connection).await {
                live.answered = Instant::now();
                return Ok(live.clone());
            }
        }
        *current = None;
        // The connection attempt must fail before the deadline of the waiting call, so the next
        // call starts with a new attempt.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.deadline / 2))
            .set_response_timeout(Some(self.deadline));
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        let number = self.connections.fetch_add(1, Ordering::Relaxed);
        let live = LiveConnection { connection, number, answered: Instant::now() };
        *current = Some(live.clone());
        Ok(live)
    }

    /// Whether a connection answers within a quarter of the deadline, which leaves time for a new
    /// connection.
    async fn responds(&self, connection: &mut MultiplexedConnection) -> bool {
        let ping = redis::cmd("PING");
        matches!(tokio::time::timeout(self.deadline / 4, ping.query_async::<String>(connection)).await, Ok(Ok(_)))
    }

    pub(super) async fn ready(&self) -> bool {
        matches!(tokio::time::timeout(self.deadline, self.live()).await, Ok(Ok(_)))
    }
}

fn is_unknown_script(answer: &RedisResult<Answer>) -> bool {
    answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::Server(ServerErrorKind::NoScript))
}

/// Parses a Redis URL, so that the configuration reports an error in it together with its other
/// problems.
pub(crate) fn check_url(url: &SecretString) -> RedisResult<ConnectionInfo> {
    url.expose_secret().into_connection_info()
}

/// Sends small commands without delay. A host that disappeared is given up after three deadlines
/// instead of the 15 minutes of the operating system.
fn tcp_settings(deadline: Duration) -> TcpSettings {
    let settings = TcpSettings::default().set_nodelay(true);
    #[cfg(target_os = "linux")]
    let settings = settings.set_user_timeout(deadline * 3);
    #[cfg(not(target_os = "linux"))]
    let _ = deadline;
    settings
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redis")
    }
}
