//! What they get: the only SQL.
//!
//! Every function asks for the grant it needs and takes the organization from it, inside the statement; none takes a user or organization id.
//! One text serves SQLite and PostgreSQL. Work without a user (webhooks, refused calls) has its own functions, named for it.

pub mod audit;
pub(crate) mod copies;
pub mod dashboard;
mod deletions;
mod error;
pub mod events;
pub mod invitations;
pub mod members;
pub mod organizations;
pub mod roles;
pub mod sessions;
pub mod users;
mod words;
#[cfg(test)]
mod contract;

pub use error::StoreError;

use secrecy::{ExposeSecret, SecretString};
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyPool, Executor};
use std::fmt;
use std::path::Path;
use std::time::Duration;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    reader: AnyPool,
    writer: AnyPool,
}

/// One page of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether there is a next page.
    pub more: bool,
}

/// Rows on a page, for SQL and for everybody else.
const PAGE: i64 = 25;
pub(crate) const PAGE_ROWS: usize = PAGE as usize;
/// Longer than any statement here takes, short enough that a person gets a clear answer.
const ACQUIRE: Duration = Duration::from_secs(2);

impl Store {
    /// Opens the database, makes the SQLite file where it is missing, and brings the schema up to date.
    ///
    /// # Errors
    /// The place cannot be used, or a migration fails.
    pub async fn open(url: &SecretString) -> Result<Self, StoreError> {
        install_default_drivers();
        let url = url.expose_secret();
        let store = if let Some(path) = url.strip_prefix("sqlite:") {
            Self::sqlite(path).await?
        } else {
            Self::postgres(url).await?
        };
        sqlx::migrate!("./migrations")
            .run(&store.writer)
            .await
            .map_err(|error| StoreError::Place(error.to_string()))?;
        words::fill(&store).await?;
        Ok(store)
    }

    /// One writer, because SQLite has one; readers beside it, which the write-ahead log allows.
    async fn sqlite(path: &str) -> Result<Self, StoreError> {
        let file = path.trim_start_matches("//").split('?').next().unwrap_or_default();
        if file.is_empty() || file.contains(":memory:") {
            // Each connection would have a memory of its own.
            return Err(StoreError::Place("name a file, sqlite://data/gatehouse.db for example".to_owned()));
        }
        private_file(Path::new(file)).map_err(|error| StoreError::Place(format!("{file}: {error}")))?;
        let url = format!("sqlite://{file}?mode=rwc");
        let options = || {
            AnyPoolOptions::new().acquire_timeout(ACQUIRE).after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute("pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 2000; pragma foreign_keys = on").await?;
                    Ok(())
                })
            })
        };
        let writer = options().max_connections(1).connect(&url).await?;
        Ok(Self { reader: options().max_connections(4).connect(&url).await?, writer })
    }

    async fn postgres(url: &str) -> Result<Self, StoreError> {
        let pool = AnyPoolOptions::new().acquire_timeout(ACQUIRE).max_connections(10).connect(url).await?;
        Ok(Self { reader: pool.clone(), writer: pool })
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> bool {
        let asked = tokio::time::timeout(Duration::from_secs(1), sqlx::query("select 1").execute(&self.reader)).await;
        matches!(asked, Ok(Ok(_)))
    }

    fn reader(&self) -> &AnyPool {
        &self.reader
    }

    fn writer(&self) -> &AnyPool {
        &self.writer
    }
}

impl fmt::Debug for Store {
    /// The URL may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

/// Makes the file with its folder where they are missing. Names, addresses and sessions are nobody else's to read.
fn private_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// A page of rows out of a query that asked for one row more.
pub(crate) fn page<T>(mut rows: Vec<T>) -> Page<T> {
    let more = rows.len() > PAGE_ROWS;
    rows.truncate(PAGE_ROWS);
    Page { rows, more }
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
