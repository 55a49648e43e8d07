//! Pools, connections and transactions, and their behaviour behind a connection pooler.
//!
//! PgBouncer in transaction mode and similar poolers assign a connection for one transaction only,
//! so a prepared statement is lost afterwards. Behind a pooler each statement therefore runs in a
//! transaction and is prepared without a name, which costs two more round trips for each read.
//! Without a pooler, statements stay prepared.

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use sqlx::any::{AnyArguments, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::error::BoxDynError;
use sqlx::{Acquire, Any, AnyConnection, AnyPool, Describe, Either, Error, Execute, Executor, SqlStr};
use std::ops::{Deref, DerefMut};
use std::time::Duration;

/// A pool of connections. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    connections: AnyPool,
    database: Backend,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Backend {
    Sqlite,
    Postgres,
    PostgresBehindPooler,
}

/// A transaction, rolled back unless it is committed.
#[derive(Debug)]
pub(crate) struct Transaction(Connection);

/// The connection of a transaction.
#[derive(Debug)]
pub(crate) struct Connection {
    transaction: sqlx::Transaction<'static, Any>,
    is_behind_pooler: bool,
}

impl Pool {
    /// Wraps connections to SQLite.
    pub(super) fn to_sqlite(connections: AnyPool) -> Self {
        Self { connections, database: Backend::Sqlite }
    }

    /// Wraps connections to PostgreSQL and detects a pooler in front of it.
    pub(super) async fn to_postgres(connections: AnyPool) -> Result<Self, Error> {
        let detected = tokio::time::timeout(DETECTION_TIMEOUT, is_behind_a_pooler(&connections)).await;
        // A pooler in session mode may have no second connection, so the detection times out. Such
        // a pooler preserves prepared statements.
        if detected.unwrap_or(Ok(false))? {
            tracing::info!("a pooler is in front of PostgreSQL, so statements are prepared for one transaction each");
            return Ok(Self { connections, database: Backend::PostgresBehindPooler });
        }
        Ok(Self { connections, database: Backend::Postgres })
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn begin(&self) -> Result<Transaction, Error> {
        Ok(self.transaction(self.connections.begin().await?))
    }

    /// Begins a transaction that excludes every other transaction of this function, in all
    /// processes.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn begin_exclusive(&self) -> Result<Transaction, Error> {
        if self.database == Backend::Sqlite {
            return Ok(self.transaction(self.connections.begin_with("begin immediate").await?));
        }
        let mut transaction = self.begin().await?;
        // The key is an arbitrary constant of this application. The lock ends with the transaction.
        transaction.execute("select pg_advisory_xact_lock(7310579618203)").await?;
        Ok(transaction)
    }

    fn transaction(&self, transaction: sqlx::Transaction<'static, Any>) -> Transaction {
        Transaction(Connection { transaction, is_behind_pooler: self.is_behind_a_pooler() })
    }

    pub(super) fn is_sqlite(&self) -> bool {
        self.database == Backend::Sqlite
    }

    pub(crate) fn is_behind_a_pooler(&self) -> bool {
        self.database == Backend::PostgresBehindPooler
    }
}

/// Time limit of the pooler detection: several round trips fit, and the start stays short.
const DETECTION_TIMEOUT: Duration = Duration::from_secs(1);

/// Detects a pooler: two connections share one backend process, or one connection meets two. The
/// queries are not prepared, and repeat because other clients of the pooler may interfere.
async fn is_behind_a_pooler(connections: &AnyPool) -> Result<bool, Error> {
    let (mut one, mut other) = (connections.acquire().await?, connections.acquire().await?);
    for _ in 0..3 {
        let own = [backend(&mut one).await?, backend(&mut one).await?];
        let mut transaction = other.begin().await?;
        let theirs = backend(&mut transaction).await?;
        transaction.rollback().await?;
        if own[0] != own[1] || own.contains(&theirs) || backend(&mut one).await? != own[0] {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn backend(connection: &mut AnyConnection) -> Result<String, Error> {
    use sqlx::Row;
    sqlx::raw_sql("select cast(pg_backend_pid() as text)").fetch_one(connection).await?.try_get(0)
}

impl Transaction {
    /// Commits the transaction.
    ///
    /// # Errors
    /// The database does not answer or refuses the commit; nothing is stored then.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        self.0.transaction.commit().await
    }
}

impl Deref for Transaction {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}

type Step = Result<Either<AnyQueryResult, AnyRow>, Error>;

impl<'p> Executor<'p> for &'p Pool {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Step>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        if !self.is_behind_a_pooler() {
            return self.connections.fetch_many(query);
        }
        let steps = async move {
            let mut transaction = self.begin().await?;
            let steps: Vec<_> = transaction.fetch_many(query).try_collect().await?;
            transaction.commit().await?;
            Ok::<_, Error>(stream::iter(steps.into_iter().map(Ok)))
        };
        stream::once(steps).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        if !self.is_behind_a_pooler() {
            return self.connections.fetch_optional(query);
        }
        Box::pin(async move {
            let mut transaction = self.begin().await?;
            let row = transaction.fetch_optional(query).await?;
            transaction.commit().await?;
            Ok(row)
        })
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [AnyTypeInfo]) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'p: 'e,
    {
        self.connections.prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Any>, Error>>
    where
        'p: 'e,
    {
        self.connections.describe(sql)
    }
}

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Step>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        self.transaction.fetch_many(Prepared { query, named: !self.is_behind_pooler })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        self.transaction.fetch_optional(Prepared { query, named: !self.is_behind_pooler })
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [AnyTypeInfo]) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'c: 'e,
    {
        self.transaction.prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Any>, Error>>
    where
        'c: 'e,
    {
        self.transaction.describe(sql)
    }
}

/// A query with the permission to keep it as a named prepared statement.
struct Prepared<E> {
    query: E,
    named: bool,
}

impl<'q, E: Execute<'q, Any>> Execute<'q, Any> for Prepared<E> {
    fn sql(self) -> SqlStr {
        self.query.sql()
    }

    fn statement(&self) -> Option<&AnyStatement> {
        self.query.statement()
    }

    fn take_arguments(&mut self) -> Result<Option<AnyArguments>, BoxDynError> {
        self.query.take_arguments()
    }

    fn persistent(&self) -> bool {
        self.named && self.query.persistent()
    }
}
