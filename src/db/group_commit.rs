//! The only writer of an SQLite database: one task owns the connection and commits the
//! transactions of several callers together.
//!
//! A commit waits for the disk, so one for each caller would make the disk the limit. The callers
//! take turns within a group, each in a savepoint, and nobody has an answer before the commit of
//! the group has succeeded. The connection never leaves the task: a caller that disconnects, fails
//! or never comes back ends its own turn only.

use super::sqlite::SqliteConnection;
use super::statement::{Results, Statement};
use sqlx::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

/// How long a caller waits for a connection or for its turn. Statements take less, and a user gets
/// the 503 answer within 2 seconds.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// The bounds of the queue and of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Callers that may wait for their turn. The next one is refused at once.
    pub(super) waiting: usize,
    /// Transactions in one group.
    pub(super) transactions: usize,
    /// How long a group accepts another transaction. The first one waits that much longer at most.
    pub(super) filling: Duration,
    /// How long a caller may hold its turn without a statement. More is a defect of the caller.
    pub(super) idle: Duration,
}

pub(super) const LIMITS: Limits =
    Limits { waiting: 1024, transactions: 64, filling: Duration::from_millis(5), idle: Duration::from_secs(5) };

/// The queue in front of the writer. Cheap to clone; the task ends with the last clone.
#[derive(Clone, Debug)]
pub(crate) struct WriteQueue {
    requests: mpsc::Sender<Request>,
}

type Request = oneshot::Sender<Result<Turn, Error>>;

/// The turn of one caller: a transaction of its own within the group. Dropping it rolls back.
#[derive(Debug)]
pub(super) struct Turn {
    orders: mpsc::UnboundedSender<Order>,
}

enum Order {
    Run(Statement, oneshot::Sender<Result<Results, Error>>),
    Commit(Answer),
}

type Answer = oneshot::Sender<Result<(), Error>>;

impl WriteQueue {
    /// Opens the connection and starts the task that owns it.
    ///
    /// # Errors
    /// SQLite cannot open the file.
    pub(super) async fn open(url: &str, limits: Limits) -> Result<Self, Error> {
        let connection = Some(SqliteConnection::connect(url).await?);
        let (requests, queue) = mpsc::channel(limits.waiting);
        tokio::spawn(Owner { url: url.to_owned(), connection, queue, limits }.serve());
        Ok(Self { requests })
    }

    /// Waits for the turn of the caller.
    ///
    /// # Errors
    /// The queue is full, the turn does not come in time, or SQLite does not answer.
    pub(super) async fn begin(&self, wait: Duration) -> Result<Turn, Error> {
        let (request, turn) = oneshot::channel();
        self.requests.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::Io(io::Error::other("too many writes are waiting")),
            mpsc::error::TrySendError::Closed(_) => Error::PoolClosed,
        })?;
        let ended = |_| Err(Error::Io(io::Error::other("the group of this write failed")));
        timeout(wait, turn).await.map_err(|_| Error::PoolTimedOut)?.unwrap_or_else(ended)
    }
}

impl Turn {
    pub(super) async fn run(&self, statement: Statement) -> Result<Results, Error> {
        let (answer, results) = oneshot::channel();
        self.order(Order::Run(statement, answer), results).await
    }

    /// Commits, and returns when the commit of the group is on the disk. From the first poll on,
    /// dropping the future changes nothing.
    pub(super) async fn commit(self) -> Result<(), Error> {
        let (answer, outcome) = oneshot::channel();
        self.order(Order::Commit(answer), outcome).await
    }

    async fn order<T>(&self, order: Order, answer: oneshot::Receiver<Result<T, Error>>) -> Result<T, Error> {
        // A failed send drops the sender of the answer, so both failures end here.
        let _ = self.orders.send(order);
        answer
            .await
            .unwrap_or_else(|_| Err(Error::Io(io::Error::other("the transaction was idle and was rolled back"))))
    }
}

struct Owner {
    url: String,
    /// `None` after a failure: the next group opens a new connection.
    connection: Option<SqliteConnection>,
    queue: mpsc::Receiver<Request>,
    limits: Limits,
}

/// A begun SQLite transaction, and the callers that wait for its commit.
struct Group {
    connection: SqliteConnection,
    began: Instant,
    committing: Vec<Answer>,
}

impl Owner {
    async fn serve(mut self) {
        while let Some(request) = self.queue.recv().await {
            if request.is_closed() {
                continue;
            }
            match self.begin().await {
                Ok(group) => self.run(group, request).await,
                Err(error) => drop(request.send(Err(error))),
            }
        }
    }

    async fn begin(&mut self) -> Result<Group, Error> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => SqliteConnection::connect(&self.url).await?,
        };
        connection.execute("begin immediate; savepoint turn").await?;
        Ok(Group { connection, began: Instant::now(), committing: Vec::new() })
    }

    /// Fills a group, commits it, and only then answers its callers. After a failure the connection
    /// is closed, which rolls back all that SQLite still has of the group.
    async fn run(&mut self, mut group: Group, first: Request) {
        let outcome = match self.fill(&mut group, first).await {
            Ok(()) => group.end().await,
            failed => failed,
        };
        let Group { connection, committing, .. } = group;
        let failure = outcome.map(|()| self.connection = Some(connection)).map_err(Arc::new).err();
        for answer in committing {
            let outcome = failure.clone().map_or(Ok(()), |error| Err(Error::Io(io::Error::other(error))));
            let _ = answer.send(outcome);
        }
    }

    /// Gives turns until nobody waits or the group is full.
    async fn fill(&mut self, group: &mut Group, first: Request) -> Result<(), Error> {
        let mut next = Some(first);
        while let Some(request) = next {
            match group.turn(request, self.limits.idle).await {
                Some(answer) => group.committing.push(answer),
                // SQLite ends the whole transaction after some errors, a full disk for example. The
                // savepoint is gone then, and so are the earlier turns: this statement fails.
                None => group.connection.execute("rollback to turn").await?,
            }
            next = self.next(group);
            if next.is_some() {
                group.connection.execute("release turn; savepoint turn").await?;
            }
        }
        Ok(())
    }

    fn next(&mut self, group: &Group) -> Option<Request> {
        if group.committing.len() >= self.limits.transactions || group.began.elapsed() >= self.limits.filling {
            return None;
        }
        std::iter::from_fn(|| self.queue.try_recv().ok()).find(|request| !request.is_closed())
    }
}

impl Group {
    /// Runs the statements of one caller. Returns the caller's answer if its turn is to be
    /// committed, and `None` if it is to be rolled back.
    async fn turn(&mut self, request: Request, idle: Duration) -> Option<Answer> {
        let (orders, mut inbox) = mpsc::unbounded_channel();
        request.send(Ok(Turn { orders })).ok()?;
        loop {
            match timeout(idle, inbox.recv()).await {
                Ok(Some(Order::Run(statement, answer))) => drop(answer.send(self.connection.run(statement).await)),
                Ok(Some(Order::Commit(answer))) => return Some(answer),
                Ok(None) => return None,
                Err(_) => {
                    tracing::error!(
                        seconds = idle.as_secs(),
                        "a transaction was held without a statement and is rolled back: report this defect"
                    );
                    return None;
                }
            }
        }
    }

    async fn end(&mut self) -> Result<(), Error> {
        self.connection.execute(if self.committing.is_empty() { "rollback" } else { "commit" }).await
    }
}
