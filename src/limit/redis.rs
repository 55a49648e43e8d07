//! Counters in Redis: one script, one round trip, one deadline over everything.
//!
//! A script that may have run is never sent again: it may have counted. So a connection is known to live before a script goes out on it. Servers and
//! balancers close connections that idle, so one that was silent for a while is first asked with a `PING`, which counts nothing; without an answer it
//! is replaced, and that is no outage.

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
    /// The connection that all calls share. The lock is held while it is asked or replaced, never while a script runs.
    current: Mutex<Option<Live>>,
    /// How many there were.
    connections: AtomicU64,
    script: Script,
    deadline: Duration,
}

/// A connection, which one it is, and when it last answered.
#[derive(Clone)]
struct Live {
    connection: MultiplexedConnection,
    number: u64,
    answered: Instant,
}

/// Stands in the log behind what is wrong.
const REMEDY: &str = "is the Redis of REDIS_URL running, can this machine reach it, and are user and password right?";
/// For so long a connection is trusted after an answer. Under load no call pays for a `PING`.
const TRUSTED: Duration = Duration::from_millis(5);

/// What the script answers with: counted (1 or 0), previous, current.
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
    /// Why Redis does not count, for the log.
    pub(super) async fn take(&self, take: Take<'_>) -> Result<(bool, Counters), String> {
        let Take { keys, window, cost, now_ms, mode } = take;
        let call = |command: &str, script: &str| {
            let mut call = redis::cmd(command);
            call.arg(script).arg(2).arg(&keys.current).arg(&keys.previous);
            call.arg(window.limit).arg(now_ms).arg(window.length_ms).arg(cost).arg(i32::from(mode == Mode::Strict));
            call
        };
        match tokio::time::timeout(self.deadline, self.evaluate(call)).await {
            Ok(Ok((counted, previous, current))) => Ok((counted == 1, Counters { previous, current })),
            Ok(Err(error)) => Err(format!("Redis cannot count ({:?}): {REMEDY}", error.kind())),
            Err(_) => Err(format!("Redis did not answer in time: {REMEDY}")),
        }
    }

    /// Sends the script's hash, and its text where Redis does not have it (after a restart or `SCRIPT FLUSH`).
    async fn evaluate(&self, call: impl Fn(&str, &str) -> Cmd) -> RedisResult<Answer> {
        let Live { mut connection, number, .. } = self.live().await?;
        let mut answer = call("EVALSHA", self.script.get_hash()).query_async(&mut connection).await;
        if is_unknown_script(&answer) {
            answer = call("EVAL", SCRIPT).query_async(&mut connection).await;
        }
        self.learn(number, answer.is_ok());
        answer
    }

    /// Notes that a connection answered; after an error (it is lost, or its server has become a replica) the next call makes a new one.
    fn learn(&self, number: u64, answered: bool) {
        // Whoever holds the lock finds out alone, and an answer that is here does not wait for that.
        let Ok(mut current) = self.current.try_lock() else { return };
        if let Some(live) = current.as_mut().filter(|live| live.number == number) {
            live.answered = Instant::now();
            if !answered {
                *current = None;
            }
        }
    }

    /// A connection that lives: the one that answered just now, the one that answers now, else a new one.
    async fn live(&self) -> RedisResult<Live> {
        let mut current = self.current.lock().await;
        if let Some(live) = current.as_mut() {
            if live.answered.elapsed() < TRUSTED {
                return Ok(live.clone());
            }
            if self.answers(&mut live.connection).await {
                live.answered = Instant::now();
                return Ok(live.clone());
            }
        }
        *current = None;
        // Connecting has to fail before the call that waits for it gives up, so that the next call starts afresh.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.deadline / 2))
            .set_response_timeout(Some(self.deadline));
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        let number = self.connections.fetch_add(1, Ordering::Relaxed);
        let live = Live { connection, number, answered: Instant::now() };
        *current = Some(live.clone());
        Ok(live)
    }

    /// Whether a connection answers, in a time that leaves enough for another one.
    async fn answers(&self, connection: &mut MultiplexedConnection) -> bool {
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

/// Reads the URL of a Redis, so that what is wrong with it is told with the other problems of the configuration.
pub(crate) fn check_url(url: &SecretString) -> RedisResult<ConnectionInfo> {
    url.expose_secret().into_connection_info()
}

/// Small commands leave at once. A host that vanished without a word is given up after some deadlines instead of after the system's quarter
/// of an hour.
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
