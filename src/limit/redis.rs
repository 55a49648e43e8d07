//! Counters in Redis: one script, one round trip, one deadline over everything.
//!
//! A call whose answer was lost is never sent again, because it may have counted. Only one that found no connection at all is.

use super::LimiterDown;
use super::window::{Counters, Keys, Mode, Window};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::io::tcp::TcpSettings;
use redis::{
    Client, Cmd, ConnectionInfo, ErrorKind, IntoConnectionInfo, RedisError, RedisResult, Script, ServerErrorKind,
};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

#[derive(Clone)]
pub(super) struct Redis {
    connection: ConnectionManager,
    script: Arc<Script>,
    deadline: Duration,
}

/// What the script answers with: counted (1 or 0), previous, current.
type Answer = (i64, i64, i64);

const SCRIPT: &str = include_str!("sliding_window.lua");

impl Redis {
    pub(super) fn new(url: &SecretString, deadline: Duration) -> Result<Self, RedisError> {
        let client = Client::open(check_url(url)?.set_tcp_settings(tcp_settings(deadline)))?;
        // Connecting has to fail before the call that waits for it gives up, so that the next call starts afresh.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(deadline / 2))
            .set_response_timeout(Some(deadline));
        let connection = ConnectionManager::new_lazy_with_config(client, config)?;
        Ok(Self { connection, script: Arc::new(Script::new(SCRIPT)), deadline })
    }

    pub(super) async fn take(
        &self,
        keys: &Keys,
        window: Window,
        cost: i64,
        now_ms: i64,
        mode: Mode,
    ) -> Result<(bool, Counters), LimiterDown> {
        let call = |command: &str, script: &str| {
            let mut call = redis::cmd(command);
            call.arg(script).arg(2).arg(&keys.current).arg(&keys.previous);
            call.arg(window.limit).arg(now_ms).arg(window.length_ms).arg(cost).arg(i32::from(mode == Mode::Strict));
            call
        };
        match tokio::time::timeout(self.deadline, self.evaluate(call)).await {
            Ok(Ok((counted, previous, current))) => Ok((counted == 1, Counters { previous, current })),
            Ok(Err(error)) => {
                tracing::error!(kind = ?error.kind(), "Redis cannot count");
                Err(LimiterDown)
            }
            Err(_) => {
                tracing::error!("Redis did not answer in time");
                Err(LimiterDown)
            }
        }
    }

    /// Sends the script's hash, and its text where Redis does not have it (after a restart or `SCRIPT FLUSH`).
    async fn evaluate(&self, call: impl Fn(&str, &str) -> Cmd) -> RedisResult<Answer> {
        let mut connection = self.connection.clone();
        let by_hash = call("EVALSHA", self.script.get_hash());
        let mut answer: RedisResult<Answer> = by_hash.query_async(&mut connection).await;
        // The manager remembers that its last attempt to connect was refused, so nothing was sent. Redis may be back since.
        if answer.as_ref().is_err_and(RedisError::is_connection_refusal) {
            answer = by_hash.query_async(&mut connection).await;
        }
        match answer {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                call("EVAL", SCRIPT).query_async(&mut connection).await
            }
            answer => answer,
        }
    }

    pub(super) async fn ready(&self) -> bool {
        let mut connection = self.connection.clone();
        let ping = redis::cmd("PING");
        matches!(tokio::time::timeout(self.deadline, ping.query_async::<String>(&mut connection)).await, Ok(Ok(_)))
    }
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
