//! A connection to an SQLite file, in a thread of its own.
//!
//! SQLite blocks, so it must not run in the tasks of the server. The driver of sqlx also has a
//! thread for each connection, but sends every row as a message of its own: a read of 26 rows takes
//! a third of the time here. The statements and rows stay those of sqlx, so the store does not
//! depend on the kind of database.

mod convert;

use self::convert::{Columns, bind, database_error};
use super::statement::{Results, Statement};
use rusqlite::config::DbConfig;
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Batch, Connection, OpenFlags};
use sqlx::any::AnyQueryResult;
use sqlx::{Either, Error};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use tokio::sync::oneshot;

/// With `synchronous = full` a commit returns when it is on the disk; `normal` may lose the last
/// commits in a power cut (sqlite.org/pragma.html). macOS needs `fullfsync` for the same.
const PRAGMAS: &str = "pragma busy_timeout = 2000; pragma journal_mode = wal; pragma synchronous = full; \
    pragma fullfsync = on; pragma foreign_keys = on";

/// Statements that stay prepared: more than the store has.
const PREPARED: usize = 200;

/// A connection. It closes when the value is dropped and its last statement has ended.
#[derive(Debug)]
pub(super) struct SqliteConnection {
    orders: Sender<Order>,
}

struct Order {
    statement: Statement,
    answer: oneshot::Sender<Result<Results, Error>>,
}

impl SqliteConnection {
    /// Opens the file of an address as `SqliteFile` writes it.
    ///
    /// # Errors
    /// SQLite cannot open the file, or the system has no thread.
    pub(super) async fn connect(url: &str) -> Result<Self, Error> {
        let (orders, inbox) = channel();
        let opened = in_thread(url, move |connection| serve(connection, &inbox))?;
        opened.await.map_err(|_| Error::WorkerCrashed)??;
        Ok(Self { orders })
    }

    /// Runs a statement and returns all its results. If the future is dropped, the statement still
    /// runs to its end.
    ///
    /// # Errors
    /// SQLite refuses the statement.
    pub(super) async fn run(&mut self, statement: Statement) -> Result<Results, Error> {
        let (answer, results) = oneshot::channel();
        self.orders.send(Order { statement, answer }).map_err(|_| Error::WorkerCrashed)?;
        results.await.map_err(|_| Error::WorkerCrashed)?
    }

    /// Runs statements without arguments.
    ///
    /// # Errors
    /// SQLite refuses a statement; the later ones do not run then.
    pub(super) async fn execute(&mut self, statements: &'static str) -> Result<(), Error> {
        self.run(Statement::of(statements)?).await.map(drop)
    }
}

/// Opens the file of an address in a thread of its own, which then serves the connection. The
/// receiver learns whether SQLite has opened the file; the log does where nobody waits for that.
///
/// # Errors
/// The system has no thread.
pub(super) fn in_thread(
    url: &str,
    serve: impl FnOnce(&Connection) + Send + 'static,
) -> Result<oneshot::Receiver<Result<(), Error>>, Error> {
    let (url, (opened, wait)) = (url.to_owned(), oneshot::channel());
    let run = move || match open(&url) {
        Ok(connection) => {
            let _ = opened.send(Ok(()));
            serve(&connection);
        }
        Err(error) => {
            if let Err(Err(error)) = opened.send(Err(error)) {
                tracing::warn!(%error, "SQLite cannot open a further connection");
            }
        }
    };
    thread::Builder::new().name("sqlite".to_owned()).spawn(run)?;
    Ok(wait)
}

fn open(url: &str) -> Result<Connection, Error> {
    let uri = format!("file:{}", url.strip_prefix("sqlite://").unwrap_or(url));
    let opened = || {
        let connection = Connection::open_with_flags(uri, OpenFlags::default() | OpenFlags::SQLITE_OPEN_URI)?;
        connection.execute_batch(PRAGMAS)?;
        // Otherwise SQLite makes a new plan for each value of a limit or of a pattern.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        Ok(connection)
    };
    opened().map_err(database_error)
}

fn serve(connection: &Connection, inbox: &Receiver<Order>) {
    while let Ok(Order { statement, answer }) = inbox.recv() {
        let _ = answer.send(run(connection, &statement));
    }
}

/// Runs a statement and returns all its results.
///
/// # Errors
/// SQLite refuses the statement.
pub(super) fn run(connection: &Connection, statement: &Statement) -> Result<Results, Error> {
    let (sql, mut results) = (statement.sql.as_str(), Results::new());
    if let Some(arguments) = &statement.arguments {
        let mut prepared = connection.prepare_cached(sql).map_err(database_error)?;
        bind(&mut prepared, arguments)?;
        collect(connection, &mut prepared, &mut results)?;
    } else {
        let mut batch = Batch::new(connection, sql);
        while let Some(mut prepared) = batch.next().map_err(database_error)? {
            collect(connection, &mut prepared, &mut results)?;
        }
    }
    Ok(results)
}

/// Steps through a statement, and adds its rows and the number of changed rows.
fn collect(
    connection: &Connection,
    prepared: &mut rusqlite::Statement<'_>,
    results: &mut Results,
) -> Result<(), Error> {
    let (columns, is_reading) = (Columns::of(prepared), prepared.readonly());
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next().map_err(database_error)? {
        results.push(Either::Right(columns.row(row)?));
    }
    drop(rows);
    let rows_affected = if is_reading { 0 } else { connection.changes() };
    results.push(Either::Left(AnyQueryResult { rows_affected, last_insert_id: None }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;
    use sqlx::Row;

    fn address(folder: &tempfile::TempDir) -> String {
        format!("sqlite://{}/a.db?mode=rwc", folder.path().display())
    }

    #[test]
    fn one_plan_serves_every_value_of_a_limit_and_of_a_pattern() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open(&address(&folder)).unwrap();
        connection.execute_batch("create table t (a text primary key)").unwrap();
        let mut prepared = connection.prepare("select a from t where a like $1 order by a limit $2").unwrap();
        for limit in [1, 5, 26] {
            assert!(!prepared.exists((format!("{limit}%"), limit)).unwrap());
        }
        assert_eq!(prepared.get_status(StatementStatus::RePrepare), 0);
    }

    #[tokio::test]
    async fn values_come_back_as_they_were_bound() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = SqliteConnection::connect(&address(&folder)).await.unwrap();
        let text = "a\0é\u{1f600}";
        // The parameters appear in another order than that of their numbers.
        let query = sqlx::query("select $3 as blob, $1 as text, $2 as number, $4 as absent, $1 as again, 1.5 as real")
            .bind(text)
            .bind(i64::MIN)
            .bind(&b"\xff\0"[..])
            .bind(None::<String>);
        let mut results = connection.run(Statement::of(query).unwrap()).await.unwrap();
        let row = results.remove(0).right().unwrap();
        assert_eq!((row.get::<String, _>("text"), row.get::<String, _>(4)), (text.to_owned(), text.to_owned()));
        assert_eq!((row.get::<i64, _>("number"), row.get::<Vec<u8>, _>("blob")), (i64::MIN, b"\xff\0".to_vec()));
        assert_eq!((row.get::<Option<i64>, _>("absent"), row.get::<f64, _>("real")), (None, 1.5));
        assert!(row.try_get::<i64, _>("text").is_err() && row.try_get::<i64, _>("missing").is_err());
    }

    #[tokio::test]
    async fn errors_have_the_codes_of_sqlite_and_the_connection_continues() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = SqliteConnection::connect(&address(&folder)).await.unwrap();
        connection.execute("create table t (a text primary key) strict").await.unwrap();
        let insert = || Statement::of(sqlx::query("insert into t values ($1)").bind("x")).unwrap();
        let changed = connection.run(insert()).await.unwrap().remove(0).left().unwrap();
        assert_eq!(changed.rows_affected(), 1);
        let error = connection.run(insert()).await.err().unwrap();
        let error = error.as_database_error().unwrap();
        assert!(error.is_unique_violation() && error.code().unwrap() == "1555", "{error}");
        for wrong in ["select * from nowhere", "insert into t values ($1)", "select 'a"] {
            let error = connection.run(Statement::of(sqlx::query(wrong)).unwrap()).await.err().unwrap();
            assert!(!matches!(error, Error::Io(_) | Error::WorkerCrashed), "{wrong}: {error}");
        }
        let read =
            connection.run(Statement::of("select a from t; select 1; update t set a = 'y'").unwrap()).await.unwrap();
        let changes: Vec<_> =
            read.iter().filter_map(|result| result.as_ref().left()).map(AnyQueryResult::rows_affected).collect();
        assert_eq!((read.len(), changes), (5, vec![0, 0, 1]));
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_opened_is_an_error_of_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let missing = format!("sqlite://{}/none.db?mode=rw", folder.path().display());
        let error = SqliteConnection::connect(&missing).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().unwrap(), "14");
    }
}
