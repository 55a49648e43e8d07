//! Counters in Redis: one script, one round trip, one deadline over everything.

use super::LimiterDown;
use super::window::{Counters, Keys, Mode, Window};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError, Script};
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

impl Redis {
    pub(super) fn new(url: &SecretString, deadline: Duration) -> Result<Self, RedisError> {
        let client = Client::open(url.expose_secret())?;
        // No retry of its own: a call whose answer was lost may have counted. The connection itself is made again by the next call.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(deadline))
            .set_response_timeout(Some(deadline));
        let connection = ConnectionManager::new_lazy_with_config(client, config)?;
        Ok(Self { connection, script: Arc::new(Script::new(include_str!("sliding_window.lua"))), deadline })
    }

    pub(super) async fn take(&self, keys: &Keys, window: Window, cost: i64, now_ms: i64, mode: Mode) -> Result<(bool, Counters), LimiterDown> {
        let mut invocation = self.script.key(&keys.current);
        invocation.key(&keys.previous).arg(window.limit).arg(now_ms).arg(window.length_ms).arg(cost);
        invocation.arg(i32::from(mode == Mode::Strict));
        let mut connection = self.connection.clone();
        // `invoke_async` sends the hash, and the text when Redis does not have it.
        let asked = tokio::time::timeout(self.deadline, invocation.invoke_async::<(i64, i64, i64)>(&mut connection)).await;
        match asked {
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

    pub(super) async fn ready(&self) -> bool {
        let mut connection = self.connection.clone();
        let ping = redis::cmd("PING");
        matches!(tokio::time::timeout(self.deadline, ping.query_async::<String>(&mut connection)).await, Ok(Ok(_)))
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redis")
    }
}
