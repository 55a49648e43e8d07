//! The database or Redis is away, slow, busy or wrong while callers change something.

use crate::answers::{new_caller, rename_form, renames, under_load};
use crate::support::drill::fault_time;
use crate::support::faulty_proxy::{FaultyProxy, Network};
use crate::support::{TestApp, new_postgres_schema};
use http::StatusCode;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[expect(clippy::disallowed_methods, reason = "where the tests' Redis is")]
fn redis_url() -> Option<String> {
    std::env::var("GATEHOUSE_TEST_REDIS_URL").ok()
}

/// Keeps a fault for its time.
async fn during(proxy: &FaultyProxy, network: Network) {
    proxy.set(network);
    tokio::time::sleep(fault_time()).await;
    proxy.set(Network::Works);
}

/// Renames the organization to the text.
async fn rename(app: &TestApp, text: &str) -> Option<StatusCode> {
    Some(app.call(&new_caller(text), "rename_organization", &rename_form(text)).await.status)
}

#[tokio::test]
async fn a_database_that_is_away_or_slow_loses_no_change() {
    for (drill, network) in
        [("database away", Network::Cut), ("database slow", Network::Slow(Duration::from_millis(2500)))]
    {
        let Some(url) = new_postgres_schema().await else { return };
        let (proxy, through_proxy) = FaultyProxy::in_front_of(&url).await;
        let app = TestApp::with(&[("DATABASE_URL", &through_proxy)]).await;
        let answers = under_load(async |text| rename(&app, text).await, during(&proxy, network)).await;
        match network {
            Network::Slow(delay) => answers.assert_noticed(drill, delay),
            Network::Cut | Network::Works => answers.assert_refused(drill),
        }
        answers.judge(drill, &renames(&url).await, &[StatusCode::SERVICE_UNAVAILABLE]);
    }
}

#[tokio::test]
async fn a_redis_that_is_away_slow_or_flushed_loses_no_change() {
    let Some(redis) = redis_url() else { return };
    for (drill, network) in [
        ("Redis away", Some(Network::Cut)),
        ("Redis slow", Some(Network::Slow(Duration::from_millis(1500)))),
        ("Redis flushed", None),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("drill.db").display());
        let (proxy, through_proxy) = FaultyProxy::in_front_of(&redis).await;
        let variables = [("REDIS_URL", &*through_proxy), ("RATE_LIMIT_PREFIX", "drill"), ("DATABASE_URL", &database)];
        let app = TestApp::with(&variables).await;
        let fault = async {
            match network {
                Some(network) => during(&proxy, network).await,
                None => flush(&redis).await,
            }
        };
        let answers = under_load(async |text| rename(&app, text).await, fault).await;
        if network.is_some() {
            answers.assert_refused(drill);
        }
        answers.judge(drill, &renames(&database).await, &[StatusCode::SERVICE_UNAVAILABLE]);
    }
}

async fn flush(redis: &str) {
    let url = url::Url::parse(redis).unwrap();
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    for _ in 0..3 {
        connection.write_all(b"FLUSHDB\r\n").await.unwrap();
        let mut answer = [0; 5];
        connection.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"+OK\r\n");
        tokio::time::sleep(fault_time() / 3).await;
    }
}
