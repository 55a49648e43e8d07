//! The connections to PostgreSQL.
//!
//! The pool of sqlx asks each connection after its use whether it still answers, which is a round
//! trip beside every statement. `deadpool` asks when this file says so.

use super::group_commit::ACQUIRE_TIMEOUT;
use super::statement::{Results, Statement};
use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, QueueMode, RecycleError, RecycleResult};
use sqlx::{AnyConnection, Connection as _, Error, Executor as _};
use std::fmt;
use std::time::Duration;
use tokio::time::timeout;

/// Connections at once.
const CONNECTIONS: usize = 10;

/// The time after which a connection is asked before its next use. A restart of the database closes
/// idle connections; a busy one meets the error in its own statement.
const ASKED_AFTER: Duration = Duration::from_secs(1);

/// The age at which a connection is replaced. Its process in the database keeps what it has learnt
/// about tables and statements, so its memory grows.
const LONGEST_LIFE: Duration = Duration::from_secs(30 * 60);

/// The connections to one database. Cheap to clone.
#[derive(Clone)]
pub(super) struct Connections(Pool<Opener>);

impl Connections {
    /// Opens the first connection.
    ///
    /// # Errors
    /// The database does not answer, or refuses the address.
    pub(super) async fn open(url: &str) -> Result<Self, Error> {
        let builder = Pool::builder(Opener { url: url.to_owned() }).max_size(CONNECTIONS);
        let pool = builder.queue_mode(QueueMode::Lifo).build();
        let connections = Self(pool.map_err(|error| Error::Configuration(error.into()))?);
        connections.acquire().await?;
        Ok(connections)
    }

    /// A connection for the caller alone.
    ///
    /// # Errors
    /// The database does not answer, or every connection is in use for too long.
    pub(super) async fn acquire(&self) -> Result<PgConnection, Error> {
        match timeout(ACQUIRE_TIMEOUT, self.0.get()).await {
            Ok(Ok(connection)) => Ok(PgConnection { connection: Some(connection), is_clean: true }),
            Ok(Err(PoolError::Backend(error))) => Err(error),
            Ok(Err(PoolError::Closed)) => Err(Error::PoolClosed),
            Ok(Err(_)) | Err(_) => Err(Error::PoolTimedOut),
        }
    }
}

impl fmt::Debug for Connections {
    /// The address may contain a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Connections").field(&self.0.status()).finish()
    }
}

struct Opener {
    url: String,
}

impl Manager for Opener {
    type Type = AnyConnection;
    type Error = Error;

    async fn create(&self) -> Result<AnyConnection, Error> {
        AnyConnection::connect(&self.url).await
    }

    async fn recycle(&self, connection: &mut AnyConnection, metrics: &Metrics) -> RecycleResult<Error> {
        if metrics.age() >= LONGEST_LIFE {
            return Err(RecycleError::message("the connection is old"));
        }
        if metrics.last_used() >= ASKED_AFTER {
            connection.ping().await?;
        }
        Ok(())
    }
}

/// A connection in use. It goes back without an open transaction, and is closed if that fails.
pub(super) struct PgConnection {
    /// `None` once it is on its way back.
    connection: Option<Object<Opener>>,
    /// Whether no transaction is open and no statement was left before its end.
    is_clean: bool,
}

impl PgConnection {
    /// Begins a transaction with this statement.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn begin(&mut self, statement: &'static str) -> Result<(), Error> {
        self.is_clean = false;
        self.connection()?.execute(statement).await.map(drop)
    }

    /// Ends the transaction with `commit` or `rollback`.
    ///
    /// # Errors
    /// The database does not answer or refuses the statement.
    pub(super) async fn end(&mut self, statement: &'static str) -> Result<(), Error> {
        self.connection()?.execute(statement).await?;
        self.is_clean = true;
        Ok(())
    }

    /// Runs a statement of the transaction.
    ///
    /// # Errors
    /// The database does not answer or refuses the statement.
    pub(super) async fn run(&mut self, statement: Statement) -> Result<Results, Error> {
        statement.run(self.connection()?).await
    }

    /// Runs a statement outside of a transaction.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(super) async fn run_alone(mut self, statement: Statement) -> Result<Results, Error> {
        self.is_clean = false;
        let results = self.run(statement).await?;
        self.is_clean = true;
        Ok(results)
    }

    pub(super) fn connection(&mut self) -> Result<&mut AnyConnection, Error> {
        self.connection.as_deref_mut().ok_or(Error::PoolClosed)
    }
}

impl fmt::Debug for PgConnection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PgConnection").field("is_clean", &self.is_clean).finish_non_exhaustive()
    }
}

impl Drop for PgConnection {
    /// An open transaction holds locks, so it ends now and not at the next use. Without one,
    /// PostgreSQL answers `rollback` with a warning. A database that does not answer must not keep
    /// the place of the connection.
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take().filter(|_| !self.is_clean) else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move {
                if !matches!(timeout(ACQUIRE_TIMEOUT, connection.execute("rollback")).await, Ok(Ok(_))) {
                    drop(Object::take(connection));
                }
            })),
            Err(_) => drop(Object::take(connection)),
        }
    }
}
