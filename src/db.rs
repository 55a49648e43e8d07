//! The database: opens it, brings its schema up to date, and holds its connections. It contains no
//! application SQL.
//!
//! SQLite has one writer and several readers; PostgreSQL has one pool. A commit returns when it is
//! on the disk, on both. The connections are visible to this crate only, so other crates go through
//! `store`.

mod address;
mod backup;
mod error;
mod group_commit;
pub(crate) mod migrations;
mod pool;
mod postgres;
mod readers;
mod sqlite;
mod sqlite_file;
mod statement;
mod transaction;
mod writer;

pub(crate) use address::{AddressError, check};
pub use backup::{BackupError, backup};
pub use error::StoreError;
pub use migrations::Schema;
pub(crate) use pool::Pool;
#[cfg(test)]
pub(crate) use statement::recorded;
pub(crate) use transaction::{Connection, Transaction};
pub(crate) use writer::Writer;

use crate::readiness::ReadinessMemory;
use address::Location;
use group_commit::{ACQUIRE_TIMEOUT, LIMITS, WriteQueue};
use postgres::Connections;
use readers::Readers;
use secrecy::{ExposeSecret, SecretString};
use sqlite_file::{Inspection, SqliteFile};
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyConnection, Connection as _, Executor as _};
use std::fmt;
use std::time::Duration;

/// The connections to the database. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    reader: Pool,
    writer: Writer,
    readiness: ReadinessMemory,
}

impl Database {
    /// Opens the database, creates a missing SQLite file, and applies the missing migrations.
    ///
    /// # Errors
    /// `DATABASE_URL` cannot be used, or the schema cannot be brought up to date.
    pub async fn open(url: &SecretString) -> Result<Self, StoreError> {
        Ok(Self::migrate(url).await?.0)
    }

    /// As [`Database::open`], with the file names of the migrations that were applied.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub(crate) async fn migrate(url: &SecretString) -> Result<(Self, Vec<String>), StoreError> {
        let url = url.expose_secret();
        match Location::parse(url)? {
            Location::Sqlite(file) => {
                let opened = async { Self::sqlite(&file.prepare()?).await?.migrated().await };
                opened.await.map_err(|error| file.explain_open_error(error))
            }
            Location::Postgres => Self::postgres(url).await?.migrated().await,
        }
    }

    /// Inspects the database that [`Database::open`] would open and changes nothing: it creates no
    /// file or table and tightens no file mode.
    ///
    /// # Errors
    /// `DATABASE_URL` cannot be used, or the server would refuse to start with this schema.
    pub async fn inspect(url: &SecretString) -> Result<Schema, StoreError> {
        let url = url.expose_secret();
        match Location::parse(url)? {
            Location::Sqlite(file) => {
                let schema = match Self::inspect_file(&file).await {
                    // A server that stops removes its write-ahead log, which can happen between two
                    // steps of this inspection. The second attempt then finds a closed database.
                    Err(StoreError::Unavailable(_)) => Self::inspect_file(&file).await,
                    result => result,
                };
                schema.map_err(|error| file.explain_open_error(error))
            }
            Location::Postgres => migrations::inspect(&Self::postgres(url).await?.reader).await,
        }
    }

    async fn migrated(self) -> Result<(Self, Vec<String>), StoreError> {
        let applied = migrations::run(&self.reader, &self.writer).await?;
        Ok((self, applied))
    }

    /// SQLite allows one writer at a time. The write-ahead log lets readers run beside it.
    async fn sqlite(url: &str) -> Result<Self, StoreError> {
        install_default_drivers();
        // A pool reports only a timeout, so the writer's connection finds the reason first.
        let writer = WriteQueue::open(url, LIMITS).await?;
        let (reader, writer) = (Pool::reading(Readers::open(url).await?), Writer::Sqlite(writer));
        Ok(Self { reader, writer, readiness: ReadinessMemory::default() })
    }

    async fn inspect_file(file: &SqliteFile) -> Result<Schema, StoreError> {
        let url = match file.inspection()? {
            Inspection::Open(url) => url,
            Inspection::Known(schema) => return Ok(schema),
        };
        install_default_drivers();
        // This statement fails for a file that is not a database, and succeeds for a database
        // without our tables.
        AnyConnection::connect(&url).await?.execute("select 1 from sqlite_schema limit 1").await?;
        let connections =
            AnyPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).max_connections(1).connect(&url).await?;
        migrations::inspect(&Pool::inspecting(connections)).await
    }

    pub(crate) async fn postgres(url: &str) -> Result<Self, StoreError> {
        install_default_drivers();
        let opened = async { Pool::to_postgres(Connections::open(url).await?).await };
        let pool = opened.await.map_err(address::explain_connect_error)?;
        Ok(Self { reader: pool.clone(), writer: Writer::Postgres(pool), readiness: ReadinessMemory::default() })
    }

    /// Whether the database answers within 1 second, as of the last two seconds.
    pub async fn ready(&self) -> bool {
        let database = self.clone();
        self.readiness.result_of(|| async move { database.answers().await }).await
    }

    /// Asks the database now.
    pub(crate) async fn answers(&self) -> bool {
        let answer = tokio::time::timeout(Duration::from_secs(1), sqlx::query("select 1").execute(&self.reader)).await;
        matches!(answer, Ok(Ok(_)))
    }

    /// Whether several servers can use the database at once.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.writer, Writer::Postgres(_))
    }

    pub(crate) fn reader(&self) -> &Pool {
        &self.reader
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }
}

impl fmt::Debug for Database {
    /// The connections hold the URL, which may contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Database")
    }
}
