//! The connections that read an SQLite file.
//!
//! Each connection is a thread, and all of them take statements from one queue: a thread that has
//! answered takes the next statement without going to sleep. With a queue for each thread, every
//! statement would wake one, and on a busy processor these switches take longer than the reads.

use super::group_commit::ACQUIRE_TIMEOUT;
use super::sqlite::{self, SqliteConnection};
use super::statement::{Results, Statement};
use rusqlite::Connection;
use sqlx::Error;
use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Statements that run at once. Each connection is a thread with a page cache of its own.
const CONNECTIONS: usize = 4;

/// The readers of one file. Cheap to clone; the threads end with the last clone.
#[derive(Clone)]
pub(super) struct Readers(Arc<Inner>);

struct Inner {
    url: String,
    queue: Arc<Queue>,
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    orders: VecDeque<Order>,
    threads: usize,
    /// Threads that wait and that nobody has woken.
    idle: usize,
    /// Threads that somebody has woken and that wait still.
    woken: usize,
    is_closed: bool,
}

struct Order {
    statement: Statement,
    /// Taken by a thread, or back by its caller.
    is_taken: Arc<AtomicBool>,
    answer: oneshot::Sender<Result<Results, Error>>,
}

impl Readers {
    /// Opens the first connection.
    ///
    /// # Errors
    /// SQLite cannot open the file, or the system has no thread.
    pub(super) async fn open(url: &str) -> Result<Self, Error> {
        let readers = Self(Arc::new(Inner { url: url.to_owned(), queue: Arc::default() }));
        readers.0.queue.lock().threads = 1;
        readers.0.spawn()?.await.map_err(|_| Error::WorkerCrashed)??;
        Ok(readers)
    }

    /// A new connection of the caller's own.
    ///
    /// # Errors
    /// SQLite cannot open the file.
    pub(super) async fn connect(&self) -> Result<SqliteConnection, Error> {
        SqliteConnection::connect(&self.0.url).await
    }

    /// Runs a statement. If the future is dropped, a statement that has begun runs to its end.
    ///
    /// # Errors
    /// Every connection is in use for too long, or SQLite refuses the statement.
    pub(super) async fn run(&self, statement: Statement) -> Result<Results, Error> {
        let (is_taken, (answer, mut results)) = (Arc::<AtomicBool>::default(), oneshot::channel());
        self.0.push(Order { statement, is_taken: Arc::clone(&is_taken), answer });
        let results = match timeout(ACQUIRE_TIMEOUT, &mut results).await {
            Ok(results) => results,
            // A thread took the order first.
            Err(_) if is_taken.swap(true, Ordering::AcqRel) => results.await,
            Err(_) => return Err(Error::PoolTimedOut),
        };
        results.map_err(|_| Error::WorkerCrashed)?
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Readers").field("url", &self.0.url).finish_non_exhaustive()
    }
}

impl Inner {
    /// Adds an order. Without an idle thread, one more starts where there may be one.
    fn push(&self, order: Order) {
        let mut state = self.queue.lock();
        // Otherwise the orders of callers that have gone would fill the memory beside a slow disk.
        while state.orders.front().is_some_and(|order| order.answer.is_closed()) {
            state.orders.pop_front();
        }
        state.orders.push_back(order);
        if state.idle > 0 {
            state.idle -= 1;
            state.woken += 1;
            drop(state);
            self.queue.changed.notify_one();
        } else if state.threads < CONNECTIONS {
            state.threads += 1;
            drop(state);
            // The other threads take the order. Without any, its caller gets an error.
            if let Err(error) = self.spawn() {
                tracing::warn!(%error, "no further thread for SQLite");
            }
        }
    }

    /// Starts a thread that the queue counts already. The receiver learns whether it has opened the
    /// file.
    fn spawn(&self) -> Result<oneshot::Receiver<Result<(), Error>>, Error> {
        let counted = Counted(Arc::clone(&self.queue));
        sqlite::in_thread(&self.url, move |connection| counted.0.serve(connection))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.lock().is_closed = true;
        self.queue.changed.notify_all();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, connection: &Connection) {
        while let Some(Order { statement, is_taken, answer }) = self.next() {
            // Nobody waits any longer where the request has ended.
            if !answer.is_closed() && !is_taken.swap(true, Ordering::AcqRel) {
                let _ = answer.send(sqlite::run(connection, &statement));
            }
        }
    }

    /// The next order; `None` once the queue is closed.
    fn next(&self) -> Option<Order> {
        let mut state = self.lock();
        loop {
            if let Some(order) = state.orders.pop_front() {
                return Some(order);
            }
            if state.is_closed {
                return None;
            }
            state.idle += 1;
            let sleeps = |state: &mut State| state.woken == 0 && !state.is_closed;
            state = self.changed.wait_while(state, sleeps).unwrap_or_else(PoisonError::into_inner);
            state.woken = state.woken.saturating_sub(1);
        }
    }
}

/// Takes its thread out of the count at the end, also after a panic. Without any thread the waiting
/// callers get an error, and the next order starts one.
struct Counted(Arc<Queue>);

impl Drop for Counted {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.threads -= 1;
        if state.threads == 0 {
            state.orders.clear();
        }
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

    /// Waits for a state of the queue.
    async fn until(queue: &Queue, is_reached: impl Fn(&State) -> bool) {
        let wait = async {
            while !is_reached(&queue.lock()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(60), wait).await.unwrap();
    }

    type Answer = oneshot::Receiver<Result<Results, Error>>;

    /// Adds an order, as a caller that still waits or as one that took it back.
    fn push(readers: &Readers, sql: &'static str, is_taken: bool) -> (Answer, Arc<AtomicBool>) {
        let ((answer, results), is_taken) = (oneshot::channel(), Arc::new(AtomicBool::new(is_taken)));
        readers.0.push(Order { statement: statement(sql), is_taken: Arc::clone(&is_taken), answer });
        (results, is_taken)
    }

    /// Gives every thread a slow statement.
    async fn fill(readers: &Readers) -> Vec<Answer> {
        let (slow, taken): (Vec<_>, Vec<_>) = (0..CONNECTIONS).map(|_| push(readers, SLOW, false)).unzip();
        until(&readers.0.queue, |_| taken.iter().all(|taken| taken.load(Ordering::Acquire))).await;
        slow
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_connection_serves_one_statement_after_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let readers = readers(&folder).await;
        for _ in 0..20 {
            assert_eq!(readers.run(statement("select 1")).await.unwrap().len(), 2);
        }
        until(&readers.0.queue, |state| state.idle == state.threads).await;
        let together = (0..20).map(|_| readers.run(statement("select 1")));
        assert!(futures_util::future::join_all(together).await.iter().all(Result::is_ok));
        assert!(readers.0.queue.lock().threads <= CONNECTIONS);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_cancelled_statement_keeps_its_place_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let readers = readers(&folder).await;
        drop(fill(&readers).await);
        assert_eq!(readers.0.queue.lock().idle, 0);
        until(&readers.0.queue, |state| state.idle == CONNECTIONS).await;
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
        assert!(readers.0.queue.lock().threads <= CONNECTIONS);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_statement_that_finds_no_thread_in_time_never_runs() {
        let folder = tempfile::tempdir().unwrap();
        let readers = readers(&folder).await;
        let slow = fill(&readers).await;
        let write = "create table left_behind (a text)";
        drop(push(&readers, write, false));
        let (taken_back, _) = push(&readers, write, true);
        for slow in slow {
            assert!(slow.await.unwrap().is_ok());
        }
        assert!(taken_back.await.is_err());
        let error = readers.run(statement("select * from left_behind")).await.err().unwrap();
        assert!(error.to_string().contains("no such table"), "{error}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_threads_end_with_the_readers() {
        let folder = tempfile::tempdir().unwrap();
        let readers = readers(&folder).await;
        let queue = Arc::clone(&readers.0.queue);
        assert!(readers.run(statement("select 1")).await.is_ok());
        drop(readers);
        until(&queue, |state| state.threads == 0).await;
    }
}
