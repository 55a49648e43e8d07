//! Transactions and their connection, the same for callers on SQLite and on PostgreSQL.

use super::group_commit::Turn;
use super::postgres::PgConnection;
use super::sqlite::SqliteConnection;
use super::statement::{Results, Statement, first_row, many, not_prepared};
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use sqlx::any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, Describe, Either, Error, Execute, Executor, SqlStr};
use std::mem;
use std::ops::{Deref, DerefMut};

/// A transaction, rolled back unless it is committed.
#[derive(Debug)]
pub(crate) struct Transaction(Connection);

/// The connection of a transaction.
#[derive(Debug)]
pub(crate) struct Connection {
    source: Source,
    /// False while a statement runs, and from then on if it fails or is cancelled. PostgreSQL
    /// refuses the next statements then, and this flag makes SQLite equal.
    is_intact: bool,
}

#[derive(Debug)]
pub(super) enum Source {
    /// A turn of the one writer of SQLite.
    Turn(Turn),
    /// A connection of the transaction's own, closed with it.
    Own(SqliteConnection),
    Postgres {
        connection: PgConnection,
        is_behind_pooler: bool,
    },
    /// An SQLite file that is only inspected.
    Inspected(sqlx::Transaction<'static, Any>),
}

impl Transaction {
    pub(super) fn new(source: Source) -> Self {
        Self(Connection { source, is_intact: true })
    }

    /// Commits the transaction, and returns when it is on the disk. From the first poll on,
    /// dropping the future cannot undo a part of it.
    ///
    /// # Errors
    /// The database does not answer or refuses the commit, or a statement failed before; nothing is
    /// stored then.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        if !self.0.is_intact {
            return Err(not_intact());
        }
        match self.0.source {
            Source::Turn(turn) => turn.commit().await,
            Source::Own(mut connection) => connection.execute("commit").await,
            Source::Postgres { mut connection, .. } => connection.end("commit").await,
            Source::Inspected(transaction) => transaction.commit().await,
        }
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

impl Connection {
    pub(super) async fn run(&mut self, statement: Result<Statement, Error>) -> Result<Results, Error> {
        if !mem::take(&mut self.is_intact) {
            return Err(not_intact());
        }
        let results = match &mut self.source {
            Source::Turn(turn) => turn.run(statement?).await?,
            Source::Own(connection) => connection.run(statement?).await?,
            Source::Postgres { connection, is_behind_pooler: false } => connection.run(statement?).await?,
            Source::Postgres { connection, is_behind_pooler: true } => connection.run(statement?.unnamed()).await?,
            Source::Inspected(transaction) => statement?.run(transaction).await?,
        };
        self.is_intact = true;
        Ok(results)
    }
}

fn not_intact() -> Error {
    Error::Protocol("a statement of this transaction failed or was cancelled, so it can only be rolled back".into())
}

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        many(self.run(Statement::of(query)))
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        first_row(self.run(Statement::of(query)))
    }

    fn prepare_with<'e>(self, _: SqlStr, _: &'e [AnyTypeInfo]) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'c: 'e,
    {
        not_prepared()
    }

    fn describe<'e>(self, _: SqlStr) -> BoxFuture<'e, Result<Describe<Any>, Error>>
    where
        'c: 'e,
    {
        not_prepared()
    }
}
