//! The one place where transactions begin that write.

#[cfg(test)]
mod tests;

use super::group_commit::{ACQUIRE_TIMEOUT, WriteQueue};
use super::pool::Pool;
use super::transaction::{Source, Transaction};
use sqlx::any::AnyQueryResult;
use sqlx::{Any, Error, Execute, Executor};

/// The writing side of a database. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) enum Writer {
    /// The queue of the one connection that writes.
    Sqlite(WriteQueue),
    /// The connections, which also read.
    Postgres(Pool),
}

impl Writer {
    /// Begins a transaction.
    ///
    /// # Errors
    /// The database does not answer, or too many writes are waiting.
    pub(crate) async fn begin(&self) -> Result<Transaction, Error> {
        match self {
            Self::Sqlite(queue) => Ok(Transaction::new(Source::Turn(queue.begin(ACQUIRE_TIMEOUT).await?))),
            Self::Postgres(pool) => pool.begin(BEGIN_DURABLE).await,
        }
    }

    /// Begins a transaction that excludes every other transaction of this function, in all
    /// processes.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn begin_exclusive(&self) -> Result<Transaction, Error> {
        if let Self::Sqlite(queue) = self {
            // SQLite waits `busy_timeout` for another process. Its own error names the reason.
            return Ok(Transaction::new(Source::Turn(queue.begin(2 * ACQUIRE_TIMEOUT).await?)));
        }
        let mut transaction = self.begin().await?;
        // The key is an arbitrary constant of this application. The lock ends with the transaction.
        transaction.execute("select pg_advisory_xact_lock(7310579618203)").await?;
        Ok(transaction)
    }

    /// Runs one statement in a transaction of its own.
    ///
    /// # Errors
    /// The database does not answer or refuses the statement; nothing is stored then.
    pub(crate) async fn execute<'q>(&self, query: impl Execute<'q, Any> + 'q) -> Result<AnyQueryResult, Error> {
        let mut transaction = self.begin().await?;
        let result = transaction.execute(query).await?;
        transaction.commit().await?;
        Ok(result)
    }
}

/// With `synchronous_commit = off`, which a role, a database or a server may have as its default,
/// PostgreSQL answers before the commit is on the disk. Stricter settings stay as they are.
const BEGIN_DURABLE: &str = "begin; select set_config('synchronous_commit', 'on', true) \
    where current_setting('synchronous_commit') = 'off'";
