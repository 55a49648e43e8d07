//! What they get: the only SQL.
//!
//! Every function asks for the grant it needs and takes the organization from it, inside the statement; none takes a user or organization id.
//! One text serves SQLite and PostgreSQL. Work without a user (webhooks, refused calls) has its own functions, named for it.

pub mod audit;
pub mod dashboard;
pub mod events;
pub mod members;
pub mod organizations;
pub mod sessions;
#[cfg(test)]
mod contract;

use crate::refusal::{InvalidFields, Refusal};
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

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such row for this organization.
    #[error("no such row for this organization")]
    NotFound,
    /// The input does not fit what is stored.
    #[error("the input does not fit")]
    Invalid(InvalidFields),
    /// The database does not answer in time.
    #[error("the database is unavailable: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// The database refused the statement.
    #[error("the database refused: {0}")]
    Internal(#[source] sqlx::Error),
    /// DATABASE_URL names a place that cannot be used.
    #[error("DATABASE_URL cannot be used: {0}")]
    Place(String),
}

/// One page of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether there is a next page.
    pub more: bool,
}

const PAGE: i64 = 25;
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
        Ok(store)
    }

    /// One writer, because SQLite has one; readers beside it, which the write-ahead log allows.
    async fn sqlite(path: &str) -> Result<Self, StoreError> {
        let file = path.trim_start_matches("//").split('?').next().unwrap_or_default();
        if let Some(folder) = Path::new(file).parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| StoreError::Place(format!("{}: {error}", folder.display())))?;
        }
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

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let busy = |error: &dyn sqlx::error::DatabaseError| {
            // SQLITE_BUSY, and the classes of PostgreSQL for lost connections, missing resources and operator intervention.
            let code = error.code().unwrap_or_default().into_owned();
            code == "5" || ["08", "53", "57"].iter().any(|class| code.len() == 5 && code.starts_with(class))
        };
        use sqlx::Error::{Database, Io, PoolClosed, PoolTimedOut, Tls, WorkerCrashed};
        let lost = matches!(error, PoolTimedOut | PoolClosed | WorkerCrashed | Io(_) | Tls(_));
        let unavailable = lost || matches!(&error, Database(error) if busy(error.as_ref()));
        if unavailable { Self::Unavailable(error) } else { Self::Internal(error) }
    }
}

impl StoreError {
    /// What the caller is told.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::NotFound => Refusal::NotFound,
            Self::Invalid(fields) => Refusal::InvalidInput { fields: fields.clone() },
            Self::Unavailable(_) => Refusal::Unavailable,
            Self::Internal(_) | Self::Place(_) => Refusal::Internal,
        }
    }
}

/// "Updated nothing" is an error: a wrong id or a row of somebody else.
fn exactly_one(result: &sqlx::any::AnyQueryResult) -> Result<(), StoreError> {
    if result.rows_affected() == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

/// A page of rows out of a query that asked for one row more.
fn page<T>(mut rows: Vec<T>) -> Page<T> {
    let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    rows.truncate(size);
    Page { rows, more }
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
