//! The connections that read an SQLite file.
//!
//! A pool of sqlx asks a connection whether it lives after each use, and each question is a switch
//! to the thread of the connection and back. A file does not hang up, so here a connection is asked
//! only if its last statement failed or was cancelled: a read is then one switch, where it was
//! three.

use super::group_commit::ACQUIRE_TIMEOUT;
use super::sqlite::SqliteConnection;
use super::statement::{Results, Statement};
use sqlx::Error;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Statements that run at once. Each connection is a thread with a page cache of its own.
const CONNECTIONS: usize = 4;

/// The readers of one file. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Readers(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    url: String,
    /// The connection that was used last comes first: its page cache is warm.
    idle: Mutex<Vec<SqliteConnection>>,
    places: Arc<Semaphore>,
}

/// A connection in use.
struct Lease {
    connection: Option<SqliteConnection>,
    readers: Arc<Inner>,
    place: Option<OwnedSemaphorePermit>,
    is_intact: bool,
}

impl Readers {
    /// Opens the first connection.
    ///
    /// # Errors
    /// SQLite cannot open the file.
    pub(super) async fn open(url: &str) -> Result<Self, Error> {
        let idle = Mutex::new(vec![SqliteConnection::connect(url).await?]);
        Ok(Self(Arc::new(Inner { url: url.to_owned(), idle, places: Arc::new(Semaphore::new(CONNECTIONS)) })))
    }

    /// A new connection of the caller's own.
    ///
    /// # Errors
    /// SQLite cannot open the file.
    pub(super) async fn connect(&self) -> Result<SqliteConnection, Error> {
        SqliteConnection::connect(&self.0.url).await
    }

    /// Runs a statement.
    ///
    /// # Errors
    /// Every connection is in use for too long, or SQLite refuses the statement.
    pub(super) async fn run(&self, statement: Statement) -> Result<Results, Error> {
        let place = timeout(ACQUIRE_TIMEOUT, Arc::clone(&self.0.places).acquire_owned()).await;
        let place = place.map_err(|_| Error::PoolTimedOut)?.map_err(|_| Error::PoolClosed)?;
        let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let readers = Arc::clone(&self.0);
        let mut lease = Lease { connection: Some(connection), readers, place: Some(place), is_intact: false };
        let connection = lease.connection.as_mut().ok_or(Error::PoolClosed)?;
        let results = connection.run(statement).await;
        lease.is_intact = results.is_ok();
        results
    }
}

impl Inner {
    fn keep(&self, connection: SqliteConnection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}

impl Drop for Lease {
    /// A cancelled statement may still run in the thread of the connection, so its place stays
    /// taken until the connection answers.
    fn drop(&mut self) {
        let (Some(mut connection), Some(place)) = (self.connection.take(), self.place.take()) else { return };
        if self.is_intact {
            return self.readers.keep(connection);
        }
        let readers = Arc::clone(&self.readers);
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            if connection.ping().await.is_ok() {
                readers.keep(connection);
            }
            drop(place);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    async fn readers(folder: &tempfile::TempDir) -> Readers {
        Readers::open(&format!("sqlite://{}/readers.db?mode=rwc", folder.path().display())).await.unwrap()
    }

    fn statement(sql: &'static str) -> Statement {
        Statement::of(sqlx::query(sql)).unwrap()
    }

    /// Counts to a number that takes SQLite seconds.
    const SLOW: &str = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 8000000) \
                        select max(i) from n";

    fn idle(readers: &Readers) -> usize {
        readers.0.idle.lock().unwrap().len()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_connection_serves_one_statement_after_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let readers = readers(&folder).await;
        for _ in 0..20 {
            assert_eq!(readers.run(statement("select 1")).await.unwrap().len(), 2);
        }
        assert_eq!(idle(&readers), 1, "no second connection was needed");
        let together = (0..20).map(|_| readers.run(statement("select 1")));
        assert!(futures_util::future::join_all(together).await.iter().all(Result::is_ok));
        assert!(idle(&readers) <= CONNECTIONS);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_cancelled_statement_keeps_its_place_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let readers = readers(&folder).await;
        for _ in 0..CONNECTIONS {
            assert!(timeout(Duration::from_millis(50), readers.run(statement(SLOW))).await.is_err());
        }
        assert_eq!((readers.0.places.available_permits(), idle(&readers)), (0, 0));
        let wait = async {
            while readers.0.places.available_permits() < CONNECTIONS {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(60), wait).await.unwrap();
        assert!(readers.run(statement("select 1")).await.is_ok());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_connection_survives_a_statement_that_fails() {
        let folder = tempfile::tempdir().unwrap();
        let readers = readers(&folder).await;
        for _ in 0..3 * CONNECTIONS {
            assert!(readers.run(statement("select * from nowhere")).await.is_err());
        }
        assert!(readers.run(statement("select 1")).await.is_ok());
        assert!(idle(&readers) <= CONNECTIONS);
    }
}
