//! Pools of connections, and their behaviour behind a connection pooler.
//!
//! PgBouncer in transaction mode and similar poolers assign a connection for one transaction only,
//! so a prepared statement is lost afterwards. Behind a pooler each statement therefore runs in a
//! transaction and is prepared without a name, which costs two more round trips for each read.
//! Without a pooler, statements stay prepared.

use super::postgres;
use super::readers::Readers;
use super::statement::{Results, Statement, first_row, many, not_prepared};
use super::transaction::{Source, Transaction};
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use sqlx::any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, AnyConnection, AnyPool, Describe, Either, Error, Execute, Executor, SqlStr};
use std::time::Duration;

/// A pool of connections. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    connections: Connections,
    is_behind_pooler: bool,
}

#[derive(Clone, Debug)]
enum Connections {
    Postgres(postgres::Connections),
    /// The readers of an SQLite file.
    Readers(Readers),
    /// An SQLite file that is only inspected.
    Inspected(AnyPool),
}

impl Pool {
    /// Wraps connections to an SQLite file that is only inspected.
    pub(super) fn inspecting(connections: AnyPool) -> Self {
        Self { connections: Connections::Inspected(connections), is_behind_pooler: false }
    }

    /// Wraps the readers of an SQLite file.
    pub(super) fn reading(readers: Readers) -> Self {
        Self { connections: Connections::Readers(readers), is_behind_pooler: false }
    }

    /// Wraps connections to PostgreSQL and detects a pooler in front of it.
    pub(super) async fn to_postgres(connections: postgres::Connections) -> Result<Self, Error> {
        let detected = tokio::time::timeout(DETECTION_TIMEOUT, is_behind_a_pooler(&connections)).await;
        // A pooler in session mode may have no second connection, so the detection times out. Such
        // a pooler preserves prepared statements.
        let is_behind_pooler = detected.unwrap_or(Ok(false))?;
        if is_behind_pooler {
            tracing::info!("a pooler is in front of PostgreSQL, so statements are prepared for one transaction each");
        }
        Ok(Self { connections: Connections::Postgres(connections), is_behind_pooler })
    }

    /// Begins a transaction with this statement.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn begin(&self, statement: &'static str) -> Result<Transaction, Error> {
        let is_behind_pooler = self.is_behind_pooler;
        Ok(Transaction::new(match &self.connections {
            Connections::Postgres(connections) => {
                let mut connection = connections.acquire().await?;
                connection.begin(statement).await?;
                Source::Postgres { connection, is_behind_pooler }
            }
            Connections::Inspected(pool) => Source::Inspected(pool.begin_with(statement).await?),
            Connections::Readers(readers) => {
                let mut connection = readers.connect().await?;
                connection.execute(statement).await?;
                Source::Own(connection)
            }
        }))
    }

    #[cfg(test)]
    pub(crate) fn is_behind_a_pooler(&self) -> bool {
        self.is_behind_pooler
    }

    async fn run(&self, statement: Result<Statement, Error>) -> Result<Results, Error> {
        match &self.connections {
            Connections::Readers(readers) => return readers.run(statement?).await,
            Connections::Inspected(pool) => return statement?.run(&mut *pool.acquire().await?).await,
            Connections::Postgres(connections) if !self.is_behind_pooler => {
                return connections.acquire().await?.run_alone(statement?).await;
            }
            Connections::Postgres(_) => {}
        }
        let mut transaction = self.begin("begin").await?;
        let results = transaction.run(statement).await?;
        transaction.commit().await?;
        Ok(results)
    }
}

/// Time limit of the pooler detection: several round trips fit, and the start stays short.
const DETECTION_TIMEOUT: Duration = Duration::from_secs(1);

/// Detects a pooler: two connections share one backend process, or one connection meets two. The
/// queries are not prepared, and repeat because other clients of the pooler may interfere.
async fn is_behind_a_pooler(connections: &postgres::Connections) -> Result<bool, Error> {
    let (mut one, mut other) = (connections.acquire().await?, connections.acquire().await?);
    for _ in 0..3 {
        let own = [backend(one.connection()?).await?, backend(one.connection()?).await?];
        other.begin("begin").await?;
        let theirs = backend(other.connection()?).await?;
        other.end("rollback").await?;
        if own[0] != own[1] || own.contains(&theirs) || backend(one.connection()?).await? != own[0] {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn backend(connection: &mut AnyConnection) -> Result<String, Error> {
    use sqlx::Row;
    sqlx::raw_sql("select cast(pg_backend_pid() as text)").fetch_one(connection).await?.try_get(0)
}

impl<'p> Executor<'p> for &'p Pool {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        many(self.run(Statement::of(query)))
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        first_row(self.run(Statement::of(query)))
    }

    fn prepare_with<'e>(self, _: SqlStr, _: &'e [AnyTypeInfo]) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'p: 'e,
    {
        not_prepared()
    }

    fn describe<'e>(self, _: SqlStr) -> BoxFuture<'e, Result<Describe<Any>, Error>>
    where
        'p: 'e,
    {
        not_prepared()
    }
}
