//! The database: connections, schema, and whether it answers.
//!
//! SQLite has one writer and several readers; PostgreSQL has one pool. Only `store` and the work
//! without a user can reach the connections.

mod address;
mod error;
pub(crate) mod migrations;
mod pool;
mod sqlite_file;

pub(crate) use address::{Unusable, check};
pub use error::StoreError;
pub use migrations::Schema;
pub(crate) use pool::{Connection, Pool, Transaction};

use address::Place;
use secrecy::{ExposeSecret, SecretString};
use sqlite_file::{File, Look};
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyConnection, Connection as _, Executor};
use std::fmt;
use std::time::Duration;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    reader: Pool,
    writer: Pool,
}

/// Longer than any statement here takes, short enough that a person gets a clear answer.
const ACQUIRE: Duration = Duration::from_secs(2);

const PRAGMAS: &str =
    "pragma busy_timeout = 2000; pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on";

impl Database {
    /// Opens the database, creates a missing SQLite file, and applies the missing migrations.
    ///
    /// # Errors
    /// The place cannot be used, or the schema cannot be brought up to date.
    pub async fn open(url: &SecretString) -> Result<Self, StoreError> {
        let url = url.expose_secret();
        match Place::read(url)? {
            Place::Sqlite(file) => {
                let opened = async { Self::sqlite(&file.prepare()?).await?.up_to_date().await };
                opened.await.map_err(|error| file.not_opened(error))
            }
            Place::Postgres => Self::postgres(url).await?.up_to_date().await,
        }
    }

    /// Inspects a database that [`Database::open`] would open, and changes nothing: no file or table is
    /// made, and no mode is tightened.
    ///
    /// # Errors
    /// The place cannot be used, or the server would not start with its schema.
    pub async fn look(url: &SecretString) -> Result<Schema, StoreError> {
        let url = url.expose_secret();
        match Place::read(url)? {
            Place::Sqlite(file) => {
                let looked = match Self::look_at(&file).await {
                    // A server that ends takes its log away between two steps of this one.
                    Err(StoreError::Unavailable(_)) => Self::look_at(&file).await,
                    looked => looked,
                };
                looked.map_err(|error| file.not_opened(error))
            }
            Place::Postgres => migrations::look(&Self::postgres(url).await?.reader).await,
        }
    }

    async fn up_to_date(self) -> Result<Self, StoreError> {
        migrations::run(&self.writer).await?;
        Ok(self)
    }

    /// One writer, because SQLite has one; readers beside it, which the write-ahead log allows.
    async fn sqlite(url: &str) -> Result<Self, StoreError> {
        install_default_drivers();
        // A pool does not say why its connections fail.
        let mut first = AnyConnection::connect(url).await?;
        first.execute(PRAGMAS).await?;
        let options = || {
            AnyPoolOptions::new().acquire_timeout(ACQUIRE).after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(PRAGMAS).await?;
                    Ok(())
                })
            })
        };
        let writer = options().max_connections(1).connect(url).await?;
        let reader = options().max_connections(4).connect(url).await?;
        Ok(Self { reader: Pool::to_sqlite(reader), writer: Pool::to_sqlite(writer) })
    }

    async fn look_at(file: &File) -> Result<Schema, StoreError> {
        let url = match file.to_look_at()? {
            Look::At(url) => url,
            Look::Found(schema) => return Ok(schema),
        };
        install_default_drivers();
        // What is no database is told apart from one without our tables.
        AnyConnection::connect(&url).await?.execute("select 1 from sqlite_schema limit 1").await?;
        let connections = AnyPoolOptions::new().acquire_timeout(ACQUIRE).max_connections(1).connect(&url).await?;
        migrations::look(&Pool::to_sqlite(connections)).await
    }

    pub(crate) async fn postgres(url: &str) -> Result<Self, StoreError> {
        install_default_drivers();
        // A pool does not say why its connections fail.
        let first = tokio::time::timeout(ACQUIRE, AnyConnection::connect(url)).await;
        first.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(address::not_connected)?;
        let connections = AnyPoolOptions::new().acquire_timeout(ACQUIRE).max_connections(10).connect(url).await;
        let pool =
            Pool::to_postgres(connections.map_err(address::not_connected)?).await.map_err(address::not_connected)?;
        Ok(Self { reader: pool.clone(), writer: pool })
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> bool {
        let asked = tokio::time::timeout(Duration::from_secs(1), sqlx::query("select 1").execute(&self.reader)).await;
        matches!(asked, Ok(Ok(_)))
    }

    /// Whether several servers can use it at once.
    pub(crate) fn is_shared(&self) -> bool {
        !self.writer.is_sqlite()
    }

    pub(crate) fn reader(&self) -> &Pool {
        &self.reader
    }

    pub(crate) fn writer(&self) -> &Pool {
        &self.writer
    }
}

impl fmt::Debug for Database {
    /// The URL may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Database")
    }
}
