//! Faults under load. Callers change rows and send commands while a dependency is away, slow or
//! wrong, and the answers are compared with the rows afterwards. An answer of 200 that left no row
//! is lost, two rows for one call are one too many, and a fault may be answered with 503 only.
//! `make drills` runs the same faults for longer.
#![cfg(feature = "local-clerk")]
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a drill prints its figures, and fails if it cannot go on"
)]

mod support;

use futures_util::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};
use sqlx::AnyPool;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use support::app_with_clerk::AppWithClerk;
use support::faulty_proxy::{FaultyProxy, Network};
use support::{Caller, TestApp, caller_with, new_postgres_schema};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const CALLERS: usize = 6;

#[expect(clippy::disallowed_methods, reason = "a drill is longer than a test")]
fn is_drill() -> bool {
    std::env::var_os("GATEHOUSE_DRILLS").is_some()
}

/// How long a fault lasts.
fn fault_time() -> Duration {
    if is_drill() { Duration::from_secs(20) } else { Duration::from_millis(1500) }
}

#[expect(clippy::disallowed_methods, reason = "where the tests' Redis is")]
fn redis_url() -> Option<String> {
    std::env::var("GATEHOUSE_TEST_REDIS_URL").ok()
}

/// The calls of a drill and their answers, by a text that is different in each call.
#[derive(Default)]
struct Answers(BTreeMap<String, StatusCode>);

/// An administrator whom no rate limit has met.
fn new_caller(text: &str) -> Caller {
    caller_with(|claims| {
        claims["sub"] = format!("user_{text}").into();
        claims["sid"] = format!("sess_{text}").into();
        claims["o"]["id"] = local_clerk::OPERATORS.into();
    })
}

/// Calls an operation again and again, while the fault comes and goes.
async fn under_load(
    app: &TestApp,
    operation: &str,
    form: fn(&str) -> String,
    fault: impl Future<Output = ()>,
) -> Answers {
    let (stop, kept) = (AtomicBool::new(false), AtomicUsize::new(0));
    let caller = async |caller: usize| {
        let mut answers = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let text = format!("n{caller}x{}", answers.len());
            let response = app.call(&new_caller(&text), operation, &form(&text)).await;
            kept.fetch_add(usize::from(response.status == StatusCode::OK), Ordering::Relaxed);
            answers.push((text, response.status));
        }
        answers
    };
    // Calls succeed before the fault and after it.
    let calm = async || {
        let enough = kept.load(Ordering::Relaxed) + 2 * CALLERS;
        let reached = async {
            while kept.load(Ordering::Relaxed) < enough {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), reached).await.unwrap();
    };
    let timeline = async {
        calm().await;
        fault.await;
        calm().await;
        stop.store(true, Ordering::Relaxed);
    };
    let (answers, ()) = tokio::join!(join_all((0..CALLERS).map(caller)), timeline);
    Answers(answers.into_iter().flatten().collect())
}

/// Keeps a fault for its time.
async fn during(proxy: &FaultyProxy, network: Network) {
    proxy.set(network);
    tokio::time::sleep(fault_time()).await;
    proxy.set(Network::Works);
}

impl Answers {
    /// Prints the figures, and asserts that nothing is lost, twice or wrong. `rows` has the number
    /// of rows of each text.
    fn judge(&self, drill: &str, rows: &HashMap<String, i64>, allowed: &[StatusCode]) {
        let rows_of = |text: &String| rows.get(text).copied().unwrap_or_default();
        let count = |test: &dyn Fn(&String, StatusCode) -> bool| {
            self.0.iter().filter(|(text, status)| test(text, **status)).count()
        };
        let kept = count(&|_, status| status == StatusCode::OK);
        let refused = count(&|_, status| allowed.contains(&status));
        let lost = count(&|text, status| status == StatusCode::OK && rows_of(text) == 0);
        let twice = count(&|text, _| rows_of(text) > 1);
        let wrong = self.0.len() - kept - refused;
        println!(
            "drill {drill}: sent {}, kept {kept}, refused {refused}, lost {lost}, twice {twice}, wrong status {wrong}",
            self.0.len()
        );
        assert_eq!((lost, twice, wrong), (0, 0, 0), "{drill}: {:?}", self.0);
    }

    fn assert_refused(&self, drill: &str) {
        assert!(self.0.values().any(|status| *status != StatusCode::OK), "{drill}: the fault was not noticed");
    }
}

/// The number of `done` entries by the new value.
async fn renames(database_url: &str) -> HashMap<String, i64> {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(database_url).await.unwrap();
    let rows: Vec<(String, i64)> =
        sqlx::query_as("select changed_to, count(*) from audit where outcome = 'done' group by changed_to")
            .fetch_all(&pool)
            .await
            .unwrap();
    rows.into_iter().collect()
}

fn rename_form(text: &str) -> String {
    format!("name={text}")
}

#[tokio::test]
async fn a_database_that_is_away_or_slow_loses_no_change() {
    for (drill, network) in
        [("database away", Network::Cut), ("database slow", Network::Slow(Duration::from_millis(2500)))]
    {
        let Some(url) = new_postgres_schema().await else { return };
        let (proxy, through_proxy) = FaultyProxy::in_front_of(&url).await;
        let app = TestApp::with(&[("DATABASE_URL", &through_proxy)]).await;
        let answers = under_load(&app, "rename_organization", rename_form, during(&proxy, network)).await;
        answers.assert_refused(drill);
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
        let answers = under_load(&app, "rename_organization", rename_form, fault).await;
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

fn invitation_form(text: &str) -> String {
    format!("email_address={text}%40example.com&role=member")
}

/// The number of invitations at Clerk, and of `done` entries, by the text of the address.
async fn invitations(setup: &AppWithClerk, database_url: &str) -> (HashMap<String, i64>, HashMap<String, i64>) {
    let mut at_clerk = HashMap::new();
    for offset in (0..).step_by(500) {
        let path = format!("organizations/{}/invitations?limit=500&offset={offset}", local_clerk::OPERATORS);
        let page = setup.fetch_from_clerk(&path).await;
        let found = page["data"].as_array().unwrap().clone();
        for invitation in &found {
            let text = invitation["email_address"].as_str().unwrap().trim_end_matches("@example.com");
            *at_clerk.entry(text.to_owned()).or_default() += 1;
        }
        if found.len() < 500 {
            break;
        }
    }
    let pool = AnyPool::connect(database_url).await.unwrap();
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select subject, count(*) from audit where outcome = 'done' and operation = 'invite_member' group by subject",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let text = |subject: String| subject.trim_end_matches("@example.com").to_owned();
    (at_clerk, rows.into_iter().map(|(subject, times)| (text(subject), times)).collect())
}

#[tokio::test]
async fn a_clerk_that_is_away_slow_busy_or_wrong_loses_no_command() {
    let faults: [(&str, Value, &[StatusCode]); 5] = [
        ("Clerk away", json!({ "api": "backend", "drop_connection": true }), &[StatusCode::SERVICE_UNAVAILABLE]),
        ("Clerk slow", json!({ "api": "backend", "slow_ms": 6000 }), &[StatusCode::SERVICE_UNAVAILABLE]),
        ("Clerk 500", json!({ "api": "backend", "fail": 500 }), &[StatusCode::SERVICE_UNAVAILABLE]),
        (
            "Clerk 429",
            json!({ "api": "backend", "fail": 429, "retry_after_s": 60 }),
            &[StatusCode::SERVICE_UNAVAILABLE],
        ),
        ("Clerk 404", json!({ "api": "backend", "fail": 404 }), &[StatusCode::NOT_FOUND]),
    ];
    for (drill, fault, allowed) in faults {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("drill.db").display());
        let setup = AppWithClerk::with(&[("DATABASE_URL", &database)]).await;
        let comes_and_goes = async {
            setup.set_clerk_faults(fault).await;
            tokio::time::sleep(fault_time()).await;
            setup.set_clerk_faults(json!({})).await;
        };
        let answers = under_load(&setup.app, "invite_member", invitation_form, comes_and_goes).await;
        setup.settle_commands(600).await;
        answers.assert_refused(drill);
        let (at_clerk, done) = invitations(&setup, &database).await;
        answers.judge(drill, &done, allowed);
        // Every invitation that Clerk sent is in the audit log, also one whose answer was lost.
        let mails: HashMap<_, _> = answers.0.keys().map(|text| (text, at_clerk.get(text))).collect();
        let logged: HashMap<_, _> = answers.0.keys().map(|text| (text, done.get(text))).collect();
        assert_eq!(mails, logged, "{drill}");
    }
}
