//! An unavailable database: every answer comes within seconds and says that the problem is
//! temporary.

use super::*;
use domain::refusal::Refusal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Above the limit of two seconds.
const SOON: Duration = Duration::from_secs(4);

async fn copy(mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin, silent: Arc<AtomicBool>) {
    let mut buffer = [0; 8192];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if !silent.load(Ordering::Relaxed) && to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

/// A TCP proxy between client and database. Once silent, it accepts all bytes and forwards none,
/// like a lost network.
async fn passage_to(target: String, silent: Arc<AtomicBool>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (client_in, client_out) = client.into_split();
            let (server_in, server_out) = TcpStream::connect(&target).await.unwrap().into_split();
            tokio::spawn(copy(client_in, server_out, Arc::clone(&silent)));
            tokio::spawn(copy(server_in, client_out, Arc::clone(&silent)));
        }
    });
    port
}

#[tokio::test]
async fn a_postgres_that_stops_answering_is_unavailable_within_seconds_and_recovers() {
    let Some(url) = postgres_url() else { return };
    let mut url = url::Url::parse(&url).unwrap();
    let silent = Arc::new(AtomicBool::new(false));
    let target = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    url.set_port(Some(passage_to(target, Arc::clone(&silent)).await)).unwrap();
    let store = Database::postgres(url.as_str()).await.unwrap();
    assert!(store.answers().await);
    silent.store(true, Ordering::Relaxed);
    let started = std::time::Instant::now();
    assert!(!store.answers().await);
    let show = grant(&store, "org_a", ShowDashboard {});
    assert_eq!(dashboard::show(&show).await.unwrap_err().refusal(), Refusal::Unavailable);
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    silent.store(false, Ordering::Relaxed);
    assert!(store.answers().await);
}

#[tokio::test]
async fn a_postgres_that_never_answers_is_unavailable_within_seconds() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://nobody:hunter2@{}/none", listener.local_addr().unwrap());
    let started = std::time::Instant::now();
    let error = crate::store::open(&url.into()).await.unwrap_err();
    assert_eq!(error.refusal(), Refusal::Unavailable, "{error}");
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_locked_database_is_unavailable_within_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let url: SecretString = format!("sqlite://{}", folder.path().join("held.db").display()).into();
    let (store, other) = (crate::store::open(&url).await.unwrap(), crate::store::open(&url).await.unwrap());
    let mut held = other.writer().begin().await.unwrap();
    sqlx::query("update organizations set updated_at = 0").execute(&mut *held).await.unwrap();
    let started = std::time::Instant::now();
    let rename = grant(&store, "org_a", RenameOrganization::to("Late"));
    assert_eq!(organizations::rename(&rename).await.unwrap_err().refusal(), Refusal::Unavailable);
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    assert!(store.answers().await, "readers go on beside a writer");
    drop(held);
    organizations::rename(&rename).await.unwrap();
}
