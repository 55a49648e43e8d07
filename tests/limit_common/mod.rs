//! Access to the Redis of the tests.
//!
//! `GATEHOUSE_TEST_REDIS_URL` names a scratch Redis. Without it a test reports that it is skipped,
//! and fails if `GATEHOUSE_TEST_SERVICES` is `required`.

use gatehouse::limit::{Call, Requester};
use redis::aio::MultiplexedConnection;
use std::time::Duration;

pub(crate) const DEADLINE: Duration = Duration::from_secs(1);

#[expect(clippy::disallowed_methods, reason = "where vectors and services of the tests are")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Reports a skipped test, and fails where services are required.
pub(crate) fn skipped(why: &str) {
    assert!(environment("GATEHOUSE_TEST_SERVICES").as_deref() != Some("required"), "{why}");
    println!("SKIPPED: {why}");
}

pub(crate) fn redis_url() -> Option<String> {
    let url = environment("GATEHOUSE_TEST_REDIS_URL");
    if url.is_none() {
        skipped("GATEHOUSE_TEST_REDIS_URL is not set");
    }
    url
}

pub(crate) async fn connect(url: &str) -> MultiplexedConnection {
    redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap()
}

pub(crate) async fn ask<T: redis::FromRedisValue>(connection: &mut MultiplexedConnection, words: &[&str]) -> T {
    let mut command = redis::Cmd::new();
    command.arg(words).query_async(connection).await.unwrap()
}

/// A call of a user that takes this many units.
pub(crate) fn call(user: &str, cost: i64, now_ms: i64) -> Call<'_> {
    Call { cost, ..Call::new(Requester::User(user), now_ms) }
}
